// tbuild: the copies as one matrix, and as a target each.
import { mkdirSync, writeFileSync } from "node:fs";
import {
  groupsOf,
  indexes,
  isLinked,
  nameOf,
  resultOf,
  sourceOf,
  writeInputs,
} from "../workload.js";
import { editFirstLine } from "./edit.js";

const start = ({ tbuild }, folder) => ({
  argv: ["node", `${tbuild}/bin/tbuild.js`, "--jobs", "2"],
  folder,
});

const common = {
  largest: 100_000,
  states: [".tbuild"],
  noOp: start,
  firstBuild: start,
  editFile: editFirstLine("targets.yaml", (edit) => `name: bench-${edit}`),
};

export const tbuildMatrix = {
  ...common,
  name: "tbuild, matrix",
  shapes: ["flat"],
  write(folder, workload) {
    writeInputs(folder, workload);
    const groups = groupsOf(workload).map((_, group) => group);
    const members = Array.from({ length: 10 }, (_, place) => `"leaf[\${group},${place}]"`);
    writeFileSync(
      `${folder}/targets.yaml`,
      `name: bench
default: all
targets:
  leaf:
    matrix: { group: [${groups.join(", ")}], place: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] }
    run: cp in/\${group}\${place} out/\${group}\${place}
    inputs: ["in/\${group}\${place}"]
    outputs: ["out/\${group}\${place}"]
  group:
    matrix: { group: [${groups.join(", ")}] }
    needs: [${members.join(", ")}]
  all: { needs: [group] }
`,
    );
  },
};

/** A target file may have 4 MB: above this many copies they are spread over included files. */
const perFile = 10_000;

export const tbuildDeclared = {
  ...common,
  name: "tbuild, declared",
  shapes: ["flat", "chain"],
  write(folder, workload) {
    const spread = workload.size > perFile;
    writeInputs(folder, workload, (index) => (spread ? `p${Math.floor(index / perFile)}/` : ""));
    const parts = spread ? Math.ceil(workload.size / perFile) : 0;
    for (let part = 0; part < parts; part++) {
      const inPart = (index) => Math.floor(index / perFile) === part;
      mkdirSync(`${folder}/p${part}`, { recursive: true });
      writeFileSync(`${folder}/p${part}/targets.yaml`, targetsOf(workload, inPart));
    }
    const names = Array.from({ length: parts }, (_, part) => `p${part}`);
    const top = spread
      ? `include: { ${names.map((name) => `${name}: ${name}/targets.yaml`).join(", ")} }\ntargets:\n  all: { needs: [${names.map((name) => `${name}/all`).join(", ")}] }\n`
      : targetsOf(workload, () => true);
    writeFileSync(`${folder}/targets.yaml`, `name: bench\ndefault: all\n${top}`);
  },
};

function targetsOf(workload, isWanted) {
  const groups = groupsOf(workload).filter(({ members }) => isWanted(members[0]));
  const tops =
    groups.length > 0 ? groups.map(({ name }) => name) : [`l${nameOf(workload.size - 1)}`];
  return [
    "targets:",
    ...indexes(workload)
      .filter(isWanted)
      .map((index) => leaf(workload, index)),
    ...groups.map(
      ({ name, members }) =>
        `  ${name}: { needs: [${members.map((index) => `l${nameOf(index)}`).join(", ")}] }`,
    ),
    `  all: { needs: [${tops.join(", ")}] }`,
    "",
  ].join("\n");
}

function leaf(workload, index) {
  const [from, to] = [sourceOf(workload, index), resultOf(index)];
  const input = isLinked(workload, index) ? `{ target: l${nameOf(index - 1)} }` : from;
  return `  l${nameOf(index)}: { run: cp ${from} ${to}, inputs: [${input}], outputs: [${to}] }`;
}
