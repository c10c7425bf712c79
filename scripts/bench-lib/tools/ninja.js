// ninja: reads its own language, compares times.
import { writeFileSync } from "node:fs";
import { groupsOf, indexes, resultOf, sourceOf, writeInputs } from "../workload.js";
import { editFirstLine } from "./edit.js";

export const ninja = {
  name: "ninja",
  largest: 100_000,
  shapes: ["flat", "chain"],
  states: [".ninja_log", ".ninja_deps"],
  write(folder, workload) {
    writeInputs(folder, workload);
    const groups = groupsOf(workload);
    const tops = groups.length > 0 ? groups.map(({ name }) => name) : [resultOf(workload.size - 1)];
    writeFileSync(
      `${folder}/build.ninja`,
      [
        "edit = 0",
        "rule cp",
        "  command = cp $in $out",
        ...indexes(workload).map(
          (index) => `build ${resultOf(index)}: cp ${sourceOf(workload, index)}`,
        ),
        ...groups.map(
          ({ name, members }) => `build ${name}: phony ${members.map(resultOf).join(" ")}`,
        ),
        `build all: phony ${tops.join(" ")}`,
        "default all",
        "",
      ].join("\n"),
    );
  },
  noOp: (_room, folder) => ({ argv: ["ninja", "-j2"], folder }),
  firstBuild: (_room, folder) => ({ argv: ["ninja", "-j2"], folder }),
  editFile: editFirstLine("build.ninja", (edit) => `edit = ${edit}`),
};
