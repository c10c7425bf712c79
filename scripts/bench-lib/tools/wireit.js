// wireit, started as npm starts it but without npm's own quarter of a second, and without its cache.
import { writeFileSync } from "node:fs";
import {
  groupsOf,
  indexes,
  isLinked,
  nameOf,
  resultOf,
  sourceOf,
  writeInputs,
} from "../workload.js";

const start = ({ tools }, folder) => ({
  argv: ["node", `${tools}/node_modules/wireit/bin/wireit.js`],
  folder,
  environment: {
    npm_lifecycle_event: "all",
    npm_package_json: `${folder}/package.json`,
    npm_config_user_agent: "npm/10 node",
    npm_execpath: "npm",
    WIREIT_CACHE: "none",
    WIREIT_LOGGER: "quiet-ci",
    WIREIT_PARALLEL: "2",
  },
});

export const wireit = {
  name: "wireit",
  largest: 10_000,
  shapes: ["flat", "chain"],
  states: [".wireit"],
  write(folder, workload) {
    writeInputs(folder, workload);
    const script = (index) => `l${nameOf(index)}`;
    const groups = groupsOf(workload);
    const tops = groups.length > 0 ? groups.map(({ name }) => name) : [script(workload.size - 1)];
    const wireit = { all: { dependencies: tops } };
    for (const { name, members } of groups) wireit[name] = { dependencies: members.map(script) };
    for (const index of indexes(workload)) {
      const linked = isLinked(workload, index);
      wireit[script(index)] = {
        command: `cp ${sourceOf(workload, index)} ${resultOf(index)}`,
        files: linked ? [] : [sourceOf(workload, index)],
        output: [resultOf(index)],
        ...(linked && { dependencies: [script(index - 1)] }),
      };
    }
    const scripts = Object.fromEntries(Object.keys(wireit).map((name) => [name, "wireit"]));
    writeFileSync(`${folder}/package.json`, JSON.stringify({ scripts, wireit }, undefined, 1));
  },
  noOp: start,
  firstBuild: start,
};
