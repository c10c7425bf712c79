/** Cuts a Makefile into variables and rules, as far as it is plain; what is not is told with its place. */
import type { Location } from "../../model/diagnostic.ts";
import type { Loss } from "../draft.ts";

export interface MakeVariable {
  readonly value: string;
  /** Whether the environment comes before it (`?=`). */
  readonly open: boolean;
}

interface RecipeLine {
  readonly text: string;
  readonly at: Location;
}

export interface MakeRule {
  readonly name: string;
  readonly prerequisites: string;
  readonly lines: readonly RecipeLine[];
  readonly at: Location;
}

export interface MakeFile {
  readonly variables: ReadonlyMap<string, MakeVariable>;
  readonly rules: readonly MakeRule[];
  readonly losses: readonly Loss[];
}

export function readMakeFile(text: string, file: string): MakeFile {
  const reader = new MakeReader(file);
  for (const line of logicalLines(text)) reader.read(line);
  return reader;
}

interface Line {
  readonly text: string;
  readonly number: number;
}

/** Lines with those that continue them. */
function logicalLines(text: string): readonly Line[] {
  const found: Line[] = [];
  const lines = text.split(/\r?\n/);
  for (let at = 0; at < lines.length; at++) {
    const number = at + 1;
    let line = lines[at] ?? "";
    while (line.endsWith("\\") && at + 1 < lines.length)
      line = `${line.slice(0, -1)} ${(lines[++at] ?? "").trim()}`;
    found.push({ text: line, number });
  }
  return found;
}

class MakeReader implements MakeFile {
  readonly variables = new Map<string, MakeVariable>();
  readonly rules: MakeRule[] = [];
  readonly losses: Loss[] = [];
  readonly #file: string;
  /** Rules that recipe lines belong to. */
  #open: { readonly lines: RecipeLine[] } | undefined;
  /** How many conditions are open: nobody here knows which side is true. */
  #conditions = 0;

  constructor(file: string) {
    this.#file = file;
  }

  read({ text, number }: Line): void {
    const at: Location = { file: this.#file, line: number, column: 1 };
    const plain = text.replace(/(^|\s)#.*$/, "").trim();
    if (text.startsWith("\t")) this.#recipe(text.slice(1), at);
    else if (/^(ifeq|ifneq|ifdef|ifndef)\b/.test(plain)) this.#conditions++;
    else if (/^endif\b/.test(plain)) this.#conditions--;
    else if (/^-?include\b/.test(plain))
      this.#lose(at, `\`${plain}\``, "other makefiles are not read");
    else if (plain !== "" && !/^(else|define|endef|vpath|\.)/.test(plain))
      this.#assignmentOrRule(plain, at);
  }

  #recipe(text: string, at: Location): void {
    const line = text.replace(/^[@+\s-]+/, "");
    if (line === "" || line.startsWith("#")) return;
    if (this.#conditions === 0) this.#open?.lines.push({ text: line, at });
    else if (/\bdocker\b/.test(line))
      this.#lose(at, "a line below a condition", "which side counts is known to make alone");
  }

  #assignmentOrRule(plain: string, at: Location): void {
    const [, name, operator, value = ""] =
      /^(?:export\s+|override\s+)*([\w.-]+)\s*(\?=|::?=|\+=|!=|=)\s*(.*)$/.exec(plain) ?? [];
    if (name !== undefined) this.#assign(name, operator ?? "=", value);
    else this.#rule(plain, at);
  }

  #rule(plain: string, at: Location): void {
    const [, names, prerequisites = "", recipe] =
      /^([^:=]+?)\s*::?(?!=)\s*([^;]*)(?:;\s*(.*))?$/.exec(plain) ?? [];
    if (names === undefined) return;
    // `target: NAME = value` is a variable of one target.
    if (/^[\w-]+\s*[:?+]?=/.test(prerequisites)) {
      this.#lose(at, "a variable of one target", "it is not read");
      return;
    }
    const lines: RecipeLine[] = recipe === undefined ? [] : [{ text: recipe, at }];
    this.#open = { lines };
    for (const each of names.split(/\s+/))
      this.rules.push({ name: each, prerequisites, lines, at });
  }

  #assign(name: string, operator: string, value: string): void {
    const before = this.variables.get(name);
    if (operator === "?=" && before !== undefined) return;
    // Of both sides of a condition the first one counts, as that of nothing given.
    if (this.#conditions > 0 && before !== undefined) return;
    const added = operator === "+=" && before !== undefined ? `${before.value} ${value}` : value;
    const shell = operator === "!=" ? `$(shell ${value})` : added;
    this.variables.set(name, { value: shell, open: operator === "?=" });
  }

  #lose(at: Location, subject: string, why: string): void {
    this.losses.push({ at, subject, why });
  }
}
