/** The commands `tbuild init` and `tbuild import`: what they read, and their options. */

/** What `tbuild init` reads. */
export const initFormats = ["bake", "compose", "make", "dockerfiles"] as const;
export type InitFormat = (typeof initFormats)[number];

/** Files of other tools that `tbuild import` reads. */
export const importFormats = ["sideloader"] as const;
export type ImportFormat = (typeof importFormats)[number];

const outputOption = {
  name: "output",
  takes: "FILE",
  help: "Where to write; `-` prints; targets.yaml of the folder if not given",
} as const;

export const initOptions = [
  {
    name: "from",
    takes: "FORMAT",
    choices: initFormats,
    help: "What to read; the first of these that there is if not given",
  },
  outputOption,
];

export const importOptions = [outputOption];

export const initCommands = [
  {
    name: "init",
    usage: "tbuild init [DIR]",
    takes: "own",
    options: initOptions,
    help: "Write targets.yaml from bake, compose, make or Dockerfiles",
  },
  {
    name: "import",
    usage: "tbuild import sideloader [FILE|DIR]",
    takes: "own",
    options: importOptions,
    help: "Write targets.yaml from a .deploy.yaml",
  },
] as const;
