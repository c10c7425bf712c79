// just: knows no fresh. A run without changes is one of recipes that have dependencies and no commands.
import { readdirSync, writeFileSync } from "node:fs";
import {
  groupsOf,
  indexes,
  isLinked,
  nameOf,
  resultOf,
  sourceOf,
  writeInputs,
} from "../workload.js";

/** The program itself, past the script that npm would start. */
function program({ tools }) {
  const modules = `${tools}/node_modules`;
  const ours = readdirSync(modules).find((name) => name.startsWith("rust-just-"));
  return `${modules}/${ours}/bin/just`;
}

export const just = {
  name: "just",
  largest: 10_000,
  shapes: ["flat"],
  states: [],
  write(folder, workload) {
    writeInputs(folder, workload);
    const groups = groupsOf(workload);
    const tops =
      groups.length > 0 ? groups.map(({ name }) => name) : [`l${nameOf(workload.size - 1)}`];
    const recipes = (body) =>
      [
        `all: ${tops.join(" ")}`,
        ...groups.map(
          ({ name, members }) =>
            `${name}: ${members.map((index) => `l${nameOf(index)}`).join(" ")}`,
        ),
        ...indexes(workload).map((index) => {
          const before = isLinked(workload, index) ? ` l${nameOf(index - 1)}` : "";
          return `l${nameOf(index)}:${before}${body(index)}`;
        }),
        "",
      ].join("\n");
    writeFileSync(
      `${folder}/empty.just`,
      recipes(() => ""),
    );
    writeFileSync(
      `${folder}/justfile`,
      recipes((index) => `\n  @cp ${sourceOf(workload, index)} ${resultOf(index)}`),
    );
  },
  prime: (room, folder) => ({ argv: [program(room), "--version"], folder }),
  noOp: (room, folder) => ({ argv: [program(room), "-f", "empty.just", "all"], folder }),
  firstBuild: (room, folder) => ({ argv: [program(room), "all"], folder }),
};
