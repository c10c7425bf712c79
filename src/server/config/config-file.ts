/**
 * The configuration that is in effect: read at the start, again when its file was edited, and replaced by the
 * API. What is wrong never takes effect. What a change means is told to whoever listens.
 */
import { readFileSync, statSync, watch } from "node:fs";
import path from "node:path";
import { readFailure } from "../../config/problems/problem-words.ts";
import { fileUnreadable } from "../../config/problems/problems.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import { fail, ok, type Result } from "../../model/result.ts";
import { replaceText } from "../../store/replace-file.ts";
import type { Clock } from "../records/clock.ts";
import type { ServerConfig } from "../records/config.ts";
import { readConfig } from "./read-config.ts";

export interface Read {
  readonly text: string;
  readonly config: ServerConfig;
}

/** @param file absolute path */
export function readConfigFile(file: string, shown: string): Result<Read> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    return fail(fileUnreadable(shown, error as NodeJS.ErrnoException));
  }
  const config = readConfig(text, file, shown);
  return config.ok ? ok({ text, config: config.value }) : config;
}

/** Milliseconds: an editor writes a file in several goes. */
const settle = 200;
/** Where the system tells of no changes. */
const lookEvery = 10_000;

export class ConfigFile {
  readonly #file: string;
  readonly #shown: string;
  readonly #clock: Clock;
  readonly #changed: () => void;
  #current: Read;
  #seen: string;
  #problems: readonly Diagnostic[] = [];
  #stop: (() => void)[] = [];
  #stopSettling: () => void = () => {};
  #stopLooking: () => void = () => {};

  /**
   * @param read what the file said at the start
   * @param changed told when another configuration takes effect, and when an edit does not
   */
  constructor(
    { file, shown }: { readonly file: string; readonly shown: string },
    read: Read,
    clock: Clock,
    changed: () => void,
  ) {
    this.#file = file;
    this.#shown = shown;
    this.#current = read;
    this.#seen = read.text;
    this.#clock = clock;
    this.#changed = changed;
  }

  get config(): ServerConfig {
    return this.#current.config;
  }

  get text(): string {
    return this.#current.text;
  }

  /** Why the last edit of the file is not in effect. */
  get problems(): readonly Diagnostic[] {
    return this.#problems;
  }

  /** Watches the folder: editors put another file in the place of the old one. */
  begin(): void {
    const name = path.basename(this.#file);
    const watcher = watch(path.dirname(this.#file), (_, changed) => {
      if (changed !== null && changed !== name) return;
      this.#stopSettling();
      this.#stopSettling = this.#clock.after(settle, () => this.look());
    });
    watcher.on("error", () => watcher.close());
    this.#stop.push(() => watcher.close());
    this.#lookLater();
  }

  end(): void {
    for (const stop of this.#stop.splice(0)) stop();
    this.#stopSettling();
    this.#stopLooking();
  }

  /** Reads the file again where it is another one. */
  look(): void {
    const text = textOf(this.#file);
    if (text === this.#seen) return;
    this.#seen = text;
    const read = readConfigFile(this.#file, this.#shown);
    const next = read.ok ? this.#checked(read.value) : read;
    if (next.ok) this.#current = next.value;
    this.#problems = next.ok ? [] : next.problems;
    this.#changed();
  }

  /** Checked as a whole, then written whole: comments stay, since the text is what is written. */
  change(text: string): Result<void> {
    if (textOf(this.#file) !== this.#seen) {
      // What somebody has just written counts, and is not overwritten by who has not read it.
      this.look();
      return fail(editedMeanwhile(this.#shown));
    }
    const config = readConfig(text, this.#file, this.#shown);
    if (!config.ok) return config;
    const next = this.#checked({ text, config: config.value });
    if (!next.ok) return next;
    try {
      const mode = statSync(this.#file, { throwIfNoEntry: false })?.mode;
      replaceText(this.#file, text, mode);
    } catch (error) {
      return fail(unwritable(this.#shown, error as NodeJS.ErrnoException));
    }
    this.#seen = text;
    this.#current = next.value;
    this.#problems = [];
    this.#changed();
    return ok(undefined);
  }

  #lookLater(): void {
    this.#stopLooking = this.#clock.after(lookEvery, () => {
      this.look();
      this.#lookLater();
    });
  }

  /** What a server cannot change while it runs. */
  #checked(next: Read): Result<Read> {
    const { data, listen } = this.#current.config;
    const isSame =
      next.config.data === data && JSON.stringify(next.config.listen) === JSON.stringify(listen);
    return isSame ? ok(next) : fail(needsRestart(this.#shown));
  }
}

/** Of a file that is gone nothing: it is told once, and may be written again. */
function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

const editedMeanwhile = (file: string): Diagnostic => ({
  code: "already-edited",
  blame: "usage",
  message: `\`${file}\` was edited meanwhile`,
  hint: "read it again, and make the change there",
});

const needsRestart = (file: string): Diagnostic => ({
  code: "needs-restart",
  blame: "usage",
  message: `\`listen\` and \`data\` of \`${file}\` cannot change while the server runs`,
  hint: "stop the server, edit the file, and start it again",
});

const unwritable = (file: string, cause: NodeJS.ErrnoException): Diagnostic => ({
  code: "config-unwritable",
  blame: "surroundings",
  message: `cannot write \`${file}\`: ${readFailure(cause)}`,
});
