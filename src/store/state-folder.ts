/** The `.tbuild` folder of a workspace: where everything kept between runs lies. */
import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { TargetName } from "../model/target.ts";

export const stateFolderName = ".tbuild";

export class StateFolder {
  readonly path: string;

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
  get temporary(): string {
    return path.join(this.path, "tmp");
  }

  log(target: TargetName): string {
    return path.join(this.path, "logs", `${safeName(target)}.log`);
  }

  /** Makes the folder; git is told inside of it to look away. */
  create(): void {
    mkdirSync(path.join(this.path, "logs"), { recursive: true });
    writeIfAbsent(path.join(this.path, ".gitignore"), "*\n");
  }

  /** An identity of this workspace that survives everything but the loss of the folder. */
  workspaceId(): string {
    const file = path.join(this.path, "workspace");
    const known = readIfPresent(file)?.trim();
    if (known !== undefined && /^[0-9a-f]{16}$/.test(known)) return known;
    const made = randomBytes(8).toString("hex");
    this.create();
    writeFileSync(`${file}.new`, `${made}\n`);
    renameSync(`${file}.new`, file);
    return made;
  }

  /** Temporary files of a run that was killed. Only for the one who holds the lock. */
  sweep(): void {
    rmSync(this.temporary, { recursive: true, force: true });
  }
}

/** A target's name as one file name: `images[agent]` is `images[agent]`, `a/b` is `a%2Fb`. */
export function safeName(target: string): string {
  return target.replace(/[^A-Za-z0-9._,[\]-]/g, (c) =>
    [...Buffer.from(c)]
      .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`)
      .join(""),
  );
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
