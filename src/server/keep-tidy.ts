/** Puts together what keeps the data folder in order: runs that are kept no longer, and folders of nobody. */
import type { Git } from "./git/git-program.ts";
import type { Cursors } from "./notice/cursors.ts";
import type { Clock } from "./records/clock.ts";
import type { ServerConfig } from "./records/config.ts";
import type { DataFolder } from "./records/data-folder.ts";
import type { Inventories } from "./runs/inventories.ts";
import type { MirrorUse } from "./runs/mirror-use.ts";
import { Retention } from "./runs/retention.ts";
import type { RunList } from "./runs/run-list.ts";
import { Upkeep } from "./runs/upkeep.ts";

interface TidyParts {
  readonly folder: DataFolder;
  readonly config: () => ServerConfig;
  readonly runs: RunList;
  readonly mirrors: MirrorUse;
  readonly inventories: Inventories;
  readonly cursors: Cursors;
  readonly git: Git;
  readonly clock: Clock;
  readonly tell: (line: string) => void;
}

export function keepTidy(parts: TidyParts) {
  const { folder, config, runs, cursors, clock } = parts;
  const retention = new Retention(folder, runs);
  const upkeep = new Upkeep({
    ...parts,
    branchesOf: ({ name, url }) => {
      const { heads } = cursors.of(name, url);
      return heads && Object.keys(heads);
    },
  });
  const forgetRuns = () => retention.apply(config().keep, clock.date().getTime());
  const tidy = () => {
    forgetRuns();
    void upkeep.removeStrays();
  };
  return { upkeep, forgetRuns, tidy };
}
