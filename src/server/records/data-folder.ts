/**
 * Where everything lies below the data folder of the server. Makes and reads nothing. Paths
 * of runs are asked for with each line of a build, so they are put together without `path.join`.
 */
import path from "node:path";
import { safeFileName } from "../../model/file-name.ts";

export class DataFolder {
  /** Absolute. */
  readonly path: string;
  readonly lock: string;
  /** A socket, while a server runs. */
  readonly starter: string;
  readonly cursors: string;
  readonly journal: string;
  readonly audit: string;
  readonly runs: string;
  readonly works: string;
  readonly mirrors: string;
  /** What is on its way out. */
  readonly removed: string;
  readonly inventories: string;

  constructor(folder: string) {
    this.path = folder;
    this.lock = path.join(folder, "server.lock");
    this.starter = path.join(folder, "starter.sock");
    this.cursors = path.join(folder, "cursors.json");
    this.journal = path.join(folder, "queue.ndjson");
    this.audit = path.join(folder, "audit.ndjson");
    this.runs = path.join(folder, "runs");
    this.works = path.join(folder, "work");
    this.mirrors = path.join(folder, "mirrors");
    this.removed = path.join(folder, "removed");
    this.inventories = path.join(folder, "inventories");
  }

  /** @param id of a run that there is: IDs of requests are looked up first */
  run(id: string): string {
    return `${this.runs}${path.sep}${id}`;
  }

  record(id: string): string {
    return path.join(this.run(id), "run.json");
  }

  events(id: string): string {
    return path.join(this.run(id), "events.ndjson");
  }

  graph(id: string): string {
    return path.join(this.run(id), "graph.json");
  }

  output(id: string): string {
    return path.join(this.run(id), "output.log");
  }

  targetLog(id: string, target: string): string {
    return `${this.run(id)}${path.sep}targets${path.sep}${safeFileName(target)}.log`;
  }

  /**
   * Where the runs of a branch work, one after the other. It is called as the repository, since a project without
   * a name is called after its folder.
   */
  work(repository: string, branch: string): string {
    return path.join(this.workOf(repository, branch), repository);
  }

  /** All of a branch, with the folder of `work` in it. */
  workOf(repository: string, branch: string): string {
    return path.join(this.works, repository, safeFileName(branch));
  }

  inventory(repository: string, branch: string): string {
    return path.join(this.inventories, repository, `${safeFileName(branch)}.json`);
  }

  mirror(repository: string): string {
    return path.join(this.mirrors, `${repository}.git`);
  }
}
