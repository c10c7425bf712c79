/**
 * Hides secrets in everything that is shown: values of secret parameters in the forms in which they
 * may turn up, and credentials in URLs. Knows no particular event; which values are secret is said by others.
 */
import type { Reporter } from "../model/event.ts";
import { hideTexts } from "../model/hide-texts.ts";

const mask = "***";

/** Replaces what is secret in texts. Values may be added while it is in use. */
export class Redactor {
  readonly #forms = new Set<string>();
  #pattern: RegExp | undefined;

  constructor(values: Iterable<string> = []) {
    this.add(values);
  }

  add(values: Iterable<string>): void {
    for (const value of values) for (const form of formsOf(value)) this.#forms.add(form);
    // The longest first: a secret may contain another one.
    const forms = [...this.#forms].sort((a, b) => b.length - a.length);
    this.#pattern = forms.length === 0 ? undefined : new RegExp(forms.map(escaped).join("|"), "g");
  }

  text(text: string): string {
    const open = this.#pattern === undefined ? text : text.replace(this.#pattern, mask);
    return hideCredentials(open);
  }
}

/** Hides secrets in all texts of all events on their way to a reporter. */
export function redactEvents(reporter: Reporter, redactor: Redactor): Reporter {
  return {
    report: (event) => reporter.report(hideTexts(event, (text) => redactor.text(text))),
    close: () => reporter.close(),
  };
}

/** `https://user:secret@host/` as `https://***@host/`; `ssh://git@host/` holds no secret. */
export function hideCredentials(text: string): string {
  if (!text.includes("@")) return text;
  // No scheme is longer: without a bound, a long line without any would be tried from each letter to its end.
  return text.replace(/([a-z][a-z0-9+.-]{0,30}):\/\/([^\s/?#"'`<>]+)@/gi, (whole, scheme, user) =>
    user.includes(":") || /^https?$/i.test(scheme) ? `${scheme}://${mask}@` : whole,
  );
}

/** Shorter pieces of encoded text say nothing, and would turn up everywhere. */
const shortestPiece = 4;

function formsOf(secret: string): string[] {
  if (secret.trim() === "") return [];
  // Output comes line by line, so a secret of many lines turns up line by line.
  const lines = secret.split(/\r?\n/).map((line) => line.trim());
  const worthwhile = lines.filter((line) => line.length >= shortestPiece);
  const values = [secret, secret.trim(), ...worthwhile];
  return values.flatMap((value) => [
    value,
    encodeURIComponent(value),
    new URLSearchParams([["", value]]).toString().slice(1),
    JSON.stringify(value).slice(1, -1),
    ...base64FormsOf(value),
  ]);
}

/**
 * The secret in base64, alone and inside a longer text such as `user:secret`: there it starts at one
 * of three offsets, and the characters shared with its neighbours are left out.
 */
function base64FormsOf(value: string): string[] {
  const bytes = Buffer.from(value);
  const inside = [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
    const whole = Math.floor(((offset + bytes.length) * 8) / 6);
    return encoded.slice(Math.ceil((offset * 8) / 6), whole);
  });
  const forms = [bytes.toString("base64"), bytes.toString("base64url"), ...inside];
  return forms
    .filter((form) => form.length >= shortestPiece)
    .flatMap((form) => [form, form.replaceAll("+", "-").replaceAll("/", "_")]);
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
