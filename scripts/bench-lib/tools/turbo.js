// turbo: one package for each target. It starts npm for every task, so the first time it is given a
// stand-in for npm that only runs the script; a run without changes starts none.
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { groupsOf, indexes, nameOf } from "../workload.js";

const start = ({ tools }, folder) => ({
  argv: [`${tools}/node_modules/.bin/turbo`, "run", "build", "--no-daemon", "--concurrency=2"],
  folder,
  environment: { TURBO_TELEMETRY_DISABLED: "1", TURBO_NO_UPDATE_NOTIFIER: "1", DO_NOT_TRACK: "1" },
});

export const turbo = {
  name: "turbo",
  largest: 1_000,
  shapes: ["flat"],
  states: [],
  write(folder, workload) {
    const add = (name, manifest) => {
      mkdirSync(`${folder}/packages/${name}`, { recursive: true });
      const file = `${folder}/packages/${name}/package.json`;
      writeFileSync(file, JSON.stringify({ name, version: "1.0.0", private: true, ...manifest }));
    };
    const needs = (names) => ({
      dependencies: Object.fromEntries(names.map((name) => [name, "*"])),
    });
    for (const index of indexes(workload)) {
      add(`l${nameOf(index)}`, { scripts: { build: "cp in out" } });
      writeFileSync(`${folder}/packages/l${nameOf(index)}/in`, `file ${index}\n`);
    }
    for (const { name, members } of groupsOf(workload)) {
      add(name, needs(members.map((index) => `l${nameOf(index)}`)));
    }
    add("all", needs(groupsOf(workload).map(({ name }) => name)));
    writeFileSync(
      `${folder}/package.json`,
      JSON.stringify({
        name: "bench",
        private: true,
        packageManager: "npm@10.8.2",
        workspaces: ["packages/*"],
      }),
    );
    writeFileSync(
      `${folder}/turbo.json`,
      JSON.stringify({
        tasks: { build: { dependsOn: ["^build"], inputs: ["in"], outputs: ["out"] } },
      }),
    );
    mkdirSync(`${folder}/stand-in`);
    writeFileSync(`${folder}/stand-in/npm`, "#!/bin/sh\nexec cp in out\n");
    chmodSync(`${folder}/stand-in/npm`, 0o755);
  },
  prime(room, folder) {
    const program = start(room, folder);
    const path = `${folder}/stand-in:${process.env.PATH}`;
    return { ...program, environment: { ...program.environment, PATH: path } };
  },
  noOp: start,
};
