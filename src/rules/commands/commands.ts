/**
 * Runs the commands of one build on this machine. The first few are started by tbuild itself, the
 * thousands that may follow by small shells kept at hand (`starter.ts`).
 */
import { mkdirSync } from "node:fs";
import path from "node:path";
import { throwIfAborted } from "../../docker/errors.ts";
import { type ProcessEnd, type ProcessRequest, runProcess } from "./process-group.ts";
import { quoted, Starter } from "./starter.ts";

export interface CommandsPlace {
  /** Folder for what lies there while commands run, absolute. */
  readonly temporary: string;
  /** What most commands have in their environment. */
  readonly environment: () => Readonly<Record<string, string>>;
}

/** Starting a starter takes as long as it saves with so many commands. */
const startersFrom = 8;

/** Longer ones may not fit into what a program is given: whoever starts it is told so. */
const longestText = 64 * 1024;

/** Names that mean something to a shell itself, or to how it finds programs. */
const special =
  /^(PATH|IFS|PWD|OLDPWD|PPID|U?ID|E[UG]ID|GROUPS|OPT.*|LINENO|ENV|PS\d|SHELLOPTS|BASH.*|POSIX.*|_)$/;
const plainName = /^[A-Za-z_][A-Za-z0-9_]*$/;

export class Commands {
  readonly #place: CommandsPlace;
  readonly #from: number;
  readonly #idle: Starter[] = [];
  readonly #all = new Set<Starter>();
  #count = 0;
  #environment: Readonly<Record<string, string>> | undefined;

  /** @param from how many commands are started without a starter */
  constructor(place: CommandsPlace, from = startersFrom) {
    this.#place = place;
    this.#from = from;
  }

  /** @throws an abort error when `signal` ended it; everything that the command started is gone by then */
  async run(request: ProcessRequest, signal: AbortSignal): Promise<ProcessEnd> {
    throwIfAborted(signal);
    const text = this.#count++ < this.#from ? undefined : this.#textOf(request);
    const starter = text === undefined ? undefined : (this.#idle.pop() ?? (await this.#start()));
    if (text === undefined || starter === undefined) return runProcess(request, signal);
    throwIfAborted(signal);
    const { onLine } = request;
    try {
      return await starter.run({ text, onLine }, signal);
    } finally {
      if (starter.isSound) this.#idle.push(starter);
      else await this.#dismiss(starter);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#all].map((starter) => this.#dismiss(starter)));
  }

  async #start(): Promise<Starter | undefined> {
    const { temporary } = this.#place;
    mkdirSync(temporary, { recursive: true });
    const pipe = path.join(temporary, `output-${this.#count}`);
    const starter = await Starter.start(this.#base(), pipe);
    if (starter) this.#all.add(starter);
    return starter;
  }

  async #dismiss(starter: Starter): Promise<void> {
    this.#all.delete(starter);
    await starter.close();
  }

  #base(): Readonly<Record<string, string>> {
    this.#environment ??= this.#place.environment();
    return this.#environment;
  }

  /** @returns undefined for what a shell would not start in just the same way */
  #textOf({ argv, folder, environment }: ProcessRequest): string | undefined {
    if (process.platform !== "linux" || argv[0] !== "sh") return undefined;
    const variables = changeOf(this.#base(), environment);
    if (variables === undefined) return undefined;
    const text = `cd -P ${quoted(folder)} || exit\nunset PWD OLDPWD\n${variables}exec ${argv.map(quoted).join(" ")}`;
    return text.length > longestText ? undefined : text;
  }
}

/** Shell text that makes one environment another; undefined where a shell would not do just that. */
function changeOf(
  from: Readonly<Record<string, string>>,
  to: Readonly<Record<string, string>>,
): string | undefined {
  let text = "";
  for (const name of new Set([...Object.keys(from), ...Object.keys(to)])) {
    const value = to[name];
    if (value === from[name]) continue;
    if (!plainName.test(name) || special.test(name)) return undefined;
    text += value === undefined ? `unset ${name}\n` : `export ${name}=${quoted(value)}\n`;
  }
  return text;
}
