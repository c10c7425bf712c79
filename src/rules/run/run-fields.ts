/** The keys of rule `run`, and what follows from them alone. */
import { type Command, optional, required, type ValuesOf } from "../fields.ts";

export const runFields = {
  run: required("command", "Text for `sh -eu`, or a list: a program and its arguments"),
  inputs: optional("inputs", "Globs of files, and outputs of targets, that the command reads"),
  outputs: optional("outputs", "Files that the command makes; a final `/` says folder"),
  env: optional("map", "Environment variables to set"),
  "pass-env": optional("strings", "Environment variables to take from the caller"),
  in: optional("target", "Image target: the command runs in its container, sees only its inputs"),
  network: optional("choice", "Network of the container", {
    choices: ["default", "host", "none"],
  }),
  images: optional("images", "Environment variables with the IDs of images that targets make"),
  keep: optional("outputs", "Folders that the next such command in a container finds again", {
    counts: false,
  }),
  secrets: optional("secrets", "Environment variables with values of secret parameters", {
    counts: false,
  }),
};

export type RunValues = ValuesOf<typeof runFields>;

/** A final `/` says folder. */
export const outputOf = (path: string) =>
  path.endsWith("/")
    ? ({ kind: "tree", path: path.replace(/\/+$/, "") } as const)
    : ({ kind: "file", path } as const);

/** The program and its arguments. */
export const argvOf = (command: Command): readonly string[] =>
  "shell" in command ? ["sh", "-euc", command.shell] : command.argv;

/** Values of parameters that the shell text names. */
export const variablesOf = (command: Command): Readonly<Record<string, string>> =>
  "shell" in command ? command.variables : {};
