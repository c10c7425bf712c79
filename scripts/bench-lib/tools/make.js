// make, without its built-in rules, which nobody needs here and which cost it most of its time, and with.
import { writeFileSync } from "node:fs";
import { groupsOf, indexes, resultOf, sourceOf, writeInputs } from "../workload.js";
import { editFirstLine } from "./edit.js";

export const make = {
  name: "make -rR",
  largest: 100_000,
  shapes: ["flat", "chain"],
  states: [],
  write(folder, workload) {
    writeInputs(folder, workload);
    const groups = groupsOf(workload);
    const tops = groups.length > 0 ? groups.map(({ name }) => name) : [resultOf(workload.size - 1)];
    writeFileSync(
      `${folder}/Makefile`,
      [
        "EDIT = 0",
        `all: ${tops.join(" ")}`,
        `.PHONY: all ${groups.map(({ name }) => name).join(" ")}`,
        ...groups.map(({ name, members }) => `${name}: ${members.map(resultOf).join(" ")}`),
        ...indexes(workload).map((index) => {
          const [from, to] = [sourceOf(workload, index), resultOf(index)];
          return `${to}: ${from}\n\tcp ${from} ${to}`;
        }),
        "",
      ].join("\n"),
    );
  },
  noOp: (_room, folder) => ({ argv: ["make", "-rR"], folder }),
  firstBuild: (_room, folder) => ({ argv: ["make", "-rR", "-j2"], folder }),
  editFile: editFirstLine("Makefile", (edit) => `EDIT = ${edit}`),
};

export const plainMake = {
  ...make,
  name: "make",
  largest: 10_000,
  noOp: (_room, folder) => ({ argv: ["make"], folder }),
  firstBuild: (_room, folder) => ({ argv: ["make", "-j2"], folder }),
};
