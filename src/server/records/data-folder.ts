/** Where everything lies below the data folder of the server. Makes and reads nothing. */
import path from "node:path";
import { safeFileName } from "../../model/file-name.ts";

export class DataFolder {
  /** Absolute. */
  readonly path: string;

  constructor(folder: string) {
    this.path = folder;
  }

  get lock(): string {
    return path.join(this.path, "server.lock");
  }

  /** A socket, while a server runs. */
  get starter(): string {
    return path.join(this.path, "starter.sock");
  }

  get cursors(): string {
    return path.join(this.path, "cursors.json");
  }

  get journal(): string {
    return path.join(this.path, "queue.ndjson");
  }

  get audit(): string {
    return path.join(this.path, "audit.ndjson");
  }

  get runs(): string {
    return path.join(this.path, "runs");
  }

  /** @param id of a run that there is: IDs of requests are looked up first */
  run(id: string): string {
    return path.join(this.runs, id);
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
    return path.join(this.run(id), "targets", `${safeFileName(target)}.log`);
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

  get works(): string {
    return path.join(this.path, "work");
  }

  get mirrors(): string {
    return path.join(this.path, "mirrors");
  }

  /** What is on its way out. */
  get removed(): string {
    return path.join(this.path, "removed");
  }

  get inventories(): string {
    return path.join(this.path, "inventories");
  }

  inventory(repository: string, branch: string): string {
    return path.join(this.inventories, repository, `${safeFileName(branch)}.json`);
  }

  mirror(repository: string): string {
    return path.join(this.mirrors, `${repository}.git`);
  }
}
