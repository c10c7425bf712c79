/** Reads a line of a recipe for the docker commands in it. What the words mean for targets is told by `read-make.ts`. */
import path from "node:path";
import type { Location } from "../../model/diagnostic.ts";
import type { MakeRule } from "./make-file.ts";

export type DockerCommand =
  | {
      readonly kind: "build";
      readonly options: ReadonlyMap<string, readonly string[]>;
      readonly context: string;
    }
  | { readonly kind: "push"; readonly reference: string }
  | { readonly kind: "tag"; readonly from: string; readonly to: string }
  | { readonly kind: "save"; readonly references: readonly string[]; readonly to: string }
  /** Another command of docker, or of something else. */
  | {
      readonly kind: "other";
      readonly what: string;
      readonly isDocker: boolean;
      /** Why it is left out, where that is not as for all others. */
      readonly why?: string;
    };

/** A command of a rule, with its place. */
export interface Placed<K extends DockerCommand["kind"]> {
  readonly command: Extract<DockerCommand, { readonly kind: K }>;
  readonly rule: MakeRule;
  readonly at: Location;
}

/** @param line variables of make expanded */
export function dockerCommands(line: string): readonly DockerCommand[] {
  const script = /^\s*(for|while|if|case)\b/.exec(line)?.[1];
  if (script !== undefined) return [shellScript(script, line)];
  let folder = ".";
  return splitCommands(line).flatMap((command): DockerCommand[] => {
    const words = wordsOf(command);
    const [first, second] = words;
    if (first === "cd" && second !== undefined) {
      folder = path.posix.join(folder, second);
      return [];
    }
    // `NAME=value docker …`: the environment of the command line says how it builds, and not what.
    const at = words.findIndex((word) => !/^\w+=/.test(word));
    return first === undefined || at < 0 ? [] : [commandOf(words.slice(at), folder)];
  });
}

const shellScript = (what: string, line: string): DockerCommand => ({
  kind: "other",
  what,
  isDocker: /\bdocker\b/.test(line),
  why: "loops and conditions of the shell are not read; a matrix may say the same",
});

/** At `&&`, `||` and `;` outside of quotes; a pipe belongs to its command. */
function splitCommands(line: string): readonly string[] {
  const quoted = /"(?:[^"\\]|\\.)*"|'[^']*'/g;
  const hidden: string[] = [];
  const bare = line.replace(quoted, (text) => `\u0001${hidden.push(text) - 1}\u0001`);
  return bare
    .split(/&&|\|\||;/)
    .map((part) => part.replace(/\u0001(\d+)\u0001/g, (_, at) => hidden[Number(at)] ?? "").trim());
}

function wordsOf(command: string): readonly string[] {
  const found = command.match(/(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s"'])+/g) ?? [];
  return found.map((word) =>
    word.replace(/"((?:[^"\\]|\\.)*)"|'([^']*)'/g, (_, double, single) => double ?? single ?? ""),
  );
}

function commandOf(words: readonly string[], folder: string): DockerCommand {
  const [program = "", ...rest] = words;
  const isDocker = /(^|\/)(docker|docker-compose|podman|nerdctl)$/.test(program);
  const what = isDocker ? `${program} ${rest[0] ?? ""}`.trim() : program;
  const other: DockerCommand = { kind: "other", what, isDocker };
  if (!isDocker) return other;
  const [verb, ...more] = rest[0] === "buildx" || rest[0] === "image" ? rest.slice(1) : rest;
  if (verb === "build") return buildOf(more, folder) ?? other;
  if (verb === "push")
    return { kind: "push", reference: more.filter((word) => !word.startsWith("-"))[0] ?? "" };
  if (verb === "tag" && more.length === 2)
    return { kind: "tag", from: more[0] ?? "", to: more[1] ?? "" };
  return (verb === "save" && saveOf(more)) || other;
}

/** Options that are followed by nothing. */
const flags: ReadonlySet<string> = new Set([
  ...[
    "no-cache",
    "pull",
    "push",
    "load",
    "rm",
    "force-rm",
    "quiet",
    "compress",
    "squash",
    "check",
    "disable-content-trust",
  ],
]);

const short: Readonly<Record<string, string>> = {
  t: "tag",
  f: "file",
  o: "output",
  q: "quiet",
  c: "cpu-shares",
  m: "memory",
};

function buildOf(words: readonly string[], folder: string): DockerCommand | undefined {
  const options = new Map<string, string[]>();
  const contexts: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    const [, dashes, typed = "", , given] = /^(--?)([a-zA-Z-]+)(=(.*))?$/s.exec(word) ?? [];
    if (dashes === undefined) contexts.push(word);
    else {
      const name = dashes === "-" ? (short[typed] ?? typed) : typed;
      const value = given ?? (flags.has(name) ? "" : (words[++at] ?? ""));
      options.set(name, [...(options.get(name) ?? []), value]);
    }
  }
  const [context] = contexts.filter((word) => !/^[<>|]|^\d?>/.test(word));
  if (context === undefined || context === "-") return undefined;
  const below = (name: string): string =>
    /:\/\//.test(name) ? name : path.posix.join(folder, name);
  const files = options.get("file");
  if (files)
    options.set(
      "file",
      files.map((file) => path.posix.relative(below(context), below(file))),
    );
  return { kind: "build", options, context: below(context) };
}

function saveOf(words: readonly string[]): DockerCommand | undefined {
  const references: string[] = [];
  let to: string | undefined;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    if (word === "-o" || word === "--output" || word === ">") to = words[++at];
    else if (/^(--output=|>)/.test(word)) to = word.replace(/^(--output=|>)/, "");
    else if (word === "|")
      at = words.findIndex((other, index) => index > at && other.startsWith(">")) - 1;
    else references.push(word);
    if (at < 0) return undefined;
  }
  return to === undefined || to === "" ? undefined : { kind: "save", references, to };
}
