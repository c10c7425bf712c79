/** The wording of problems with names of targets: what they stand for, and the matrices that they come of. */
import type { Location } from "../../model/diagnostic.ts";
import { describeNode, type Node } from "../yaml/node.ts";
import { didYouMean, quoted, usage } from "./problem-words.ts";

export const unknownTarget = (name: string, at: Location, near: string | undefined) =>
  usage("unknown-target", `there is no target \`${name}\``, at, { hint: didYouMean(near) });

export const unknownWanted = (name: string, near: string | undefined) =>
  usage("unknown-target", `there is no target \`${name}\``, undefined, {
    hint: near ? `${didYouMean(near)} \`tbuild list\` shows all` : "`tbuild list` shows all",
  });

export const unknownMember = (name: string, at: Location | undefined, near: string | undefined) =>
  usage("unknown-member", `there is no target \`${name}\``, at, { hint: didYouMean(near) });

export const notAMatrix = (name: string, target: string, at?: Location) =>
  usage("not-a-matrix", `there is no target \`${name}\`: \`${target}\` has no matrix`, at, {
    hint: didYouMean(target),
  });

export const wrongAxes = (name: string, axes: readonly string[], found: number, at?: Location) =>
  usage(
    "wrong-axes",
    `\`${name}\` gives ${count(found, "value")}, the matrix has ${count(axes.length, "key")}: ${quoted(axes).join(", ")}`,
    at,
  );

const count = (number: number, word: string) => `${number} ${word}${number === 1 ? "" : "s"}`;

export const oneTargetOnly = (
  what: string,
  name: string,
  members: readonly string[],
  at: Location,
) =>
  usage(
    "one-target-only",
    `${what} takes one target, \`${name}\` stands for ${members.length || "as many as a list has values"}`,
    at,
    {
      hint: members[0] && `name one of them, such as \`${members[0]}\``,
    },
  );

// Matrix

export const matrixValue = (axis: string, found: Node, at: Location) =>
  usage(
    "matrix-value",
    `expected text, a number or a flag in matrix key \`${axis}\`, found ${describeNode(found)}`,
    at,
  );

export const matrixRepeats = (axis: string, value: string, at: Location) =>
  usage("matrix-repeats", `matrix key \`${axis}\` has \`${value}\` a second time`, at);

export const axisIsParameter = (axis: string, at: Location) =>
  usage("axis-is-parameter", `matrix key \`${axis}\` has the name of a parameter`, at, {
    hint: "rename one of them",
  });

export const matrixTooLarge = (target: string, size: number, limit: number, at: Location) =>
  usage(
    "matrix-too-large",
    `the matrix of \`${target}\` makes ${size} targets, ${limit} are allowed`,
    at,
  );
