// The tools that are compared: how each is told the work, and how it is started.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { just } from "./tools/just.js";
import { make, plainMake } from "./tools/make.js";
import { ninja } from "./tools/ninja.js";
import { tbuildDeclared, tbuildMatrix } from "./tools/tbuild.js";
import { turbo } from "./tools/turbo.js";
import { wireit } from "./tools/wireit.js";

/**
 * @typedef {object} Tool
 * @property {string} name
 * @property {number} largest graphs beyond this many copies are not worth the wait, or impossible
 * @property {readonly ("flat" | "chain")[]} shapes
 * @property {readonly string[]} states what to remove for a first build, besides the outputs
 * @property {(folder: string, workload: Workload) => void} write its own files, and the inputs
 * @property {(room: Room, folder: string) => Program} noOp brings all up to date; runs when all is
 * @property {(room: Room, folder: string) => Program} [firstBuild] the same with two jobs, nothing made yet
 * @property {(room: Room, folder: string) => Program} [prime] makes all where that differs from `firstBuild`
 * @property {(folder: string, edit: number) => void} [editFile] a change of its file that changes no target
 */

export const tools = [ninja, make, plainMake, just, turbo, wireit, tbuildMatrix, tbuildDeclared];

/** Name and version of everything that is compared. */
export function versionsOf({ tools: folder, tbuild }) {
  const first = (program, ...args) =>
    execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] })
      .split("\n")[0]
      .trim();
  const ofPackage = (path) => JSON.parse(readFileSync(`${path}/package.json`, "utf8")).version;
  const modules = `${folder}/node_modules`;
  return [
    `tbuild ${ofPackage(tbuild)}`,
    `Node ${process.versions.node}`,
    `ninja ${first("ninja", "--version")}`,
    first("make", "--version"),
    `just ${ofPackage(`${modules}/rust-just`)}`,
    `turbo ${ofPackage(`${modules}/turbo`)}`,
    `wireit ${ofPackage(`${modules}/wireit`)}`,
  ];
}
