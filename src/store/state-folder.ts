/** The `.tbuild` folder of a workspace: where everything kept between runs lies. */
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { makeFolders } from "../files/make-folders.ts";
import { safeFileName } from "../model/file-name.ts";
import type { TargetName } from "../model/target.ts";

export const stateFolderName = ".tbuild";

export class StateFolder {
  readonly path: string;
  #workspaceId: string | undefined;

  /** @param root absolute path of the workspace */
  constructor(root: string) {
    this.path = path.join(root, stateFolderName);
  }

  get traces(): string {
    return path.join(this.path, "traces");
  }
  get digests(): string {
    return path.join(this.path, "digests");
  }
  get lock(): string {
    return path.join(this.path, "lock");
  }
  /** Logs of whole runs. */
  get runs(): string {
    return path.join(this.path, "runs");
  }
  get temporary(): string {
    return path.join(this.path, "tmp");
  }

  get plans(): string {
    return path.join(this.path, "plans");
  }

  /** @param key of the command that it is the plan of */
  plan(key: string): string {
    return path.join(this.plans, key);
  }

  get logs(): string {
    return path.join(this.path, "logs");
  }
  /** How many bytes of logs there are, as far as it was counted. */
  get logCount(): string {
    return path.join(this.path, "logs.size");
  }
  /** What was evicted, and when. */
  get evictions(): string {
    return path.join(this.path, "evictions");
  }

  log(target: TargetName): string {
    return path.join(this.logs, `${safeFileName(target)}.log`);
  }

  /** Makes the folder; git is told inside of it to look away. */
  create(): void {
    makeFolders(this.logs);
    writeIfAbsent(path.join(this.path, ".gitignore"), "*\n");
  }

  /** An identity of this workspace that survives everything but the loss of the folder. */
  workspaceId(): string {
    this.#workspaceId ??= this.#readOrMakeId();
    return this.#workspaceId;
  }

  /** The same without making one: a workspace in which nothing ran has none. */
  knownWorkspaceId(): string | undefined {
    const known = readIfPresent(path.join(this.path, "workspace"))?.trim();
    return known !== undefined && /^[0-9a-f]{16}$/.test(known) ? known : undefined;
  }

  #readOrMakeId(): string {
    const file = path.join(this.path, "workspace");
    const known = this.knownWorkspaceId();
    if (known !== undefined) return known;
    const made = randomBytes(8).toString("hex");
    this.create();
    writeFileSync(`${file}.new`, `${made}\n`);
    renameSync(`${file}.new`, file);
    return made;
  }

  /** Removes temporary files of runs that were killed. Only for the one who holds the lock. */
  sweep(): void {
    rmSync(this.temporary, { recursive: true, force: true });
    for (const name of readdirSync(this.path)) {
      // Whoever waits for the lock keeps a file of its own here.
      const waiting = /^lock\.(?:stale\.)?(\d+)/.exec(name)?.[1];
      const isLeft = waiting === undefined ? name.endsWith(".new") : !isRunning(Number(waiting));
      if (isLeft) rmSync(path.join(this.path, name), { force: true });
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function readIfPresent(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function writeIfAbsent(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}
