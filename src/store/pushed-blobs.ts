/**
 * Remembers which repositories of a registry hold which blobs, from earlier pushes: there a new push
 * may take them over. A record that is wrong costs one request, so one that cannot be read is none.
 */
import { randomBytes } from "node:crypto";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { makeFolders } from "../files/make-folders.ts";
import type { Digest } from "../model/artifact.ts";

/** Repositories by digest, by host. */
type PushedRecord = Record<string, Record<string, readonly string[]>>;

/** One is enough to take it from; the others are for when it was removed there. */
const mostRepositories = 4;

/** Digests of a host; the oldest are forgotten. */
const mostDigests = 20_000;

export class PushedBlobs {
  readonly #file: string;
  readonly #host: string;
  readonly #places: Map<string, readonly string[]>;
  #isChanged = false;

  /** @param stateFolder `.tbuild`, absolute */
  constructor(stateFolder: string, host: string) {
    this.#file = path.join(stateFolder, "pushed.json");
    this.#host = host;
    this.#places = new Map(Object.entries(read(this.#file)[host] ?? {}));
  }

  of(digest: Digest): readonly string[] {
    return this.#places.get(digest) ?? [];
  }

  add(digest: Digest, repository: string): void {
    const known = this.of(digest);
    if (known.includes(repository) || known.length >= mostRepositories) return;
    this.#set(digest, [...known, repository]);
  }

  remove(digest: Digest, repository: string): void {
    this.#set(
      digest,
      this.of(digest).filter((other) => other !== repository),
    );
  }

  /** Hosts that another push wrote meanwhile stay. */
  save(): void {
    if (!this.#isChanged) return;
    const kept = [...this.#places].filter(([, places]) => places.length > 0).slice(-mostDigests);
    const all = { ...read(this.#file), [this.#host]: Object.fromEntries(kept) };
    const aside = `${this.#file}.${randomBytes(6).toString("hex")}`;
    try {
      makeFolders(path.dirname(this.#file));
      writeFileSync(aside, JSON.stringify(all));
      renameSync(aside, this.#file);
    } catch {
      // It saves requests only: a disk that is full must not make a push fail that succeeded.
      rmSync(aside, { force: true });
    }
  }

  #set(digest: Digest, places: readonly string[]): void {
    this.#places.delete(digest);
    this.#places.set(digest, places);
    this.#isChanged = true;
  }
}

function read(file: string): PushedRecord {
  try {
    const found: unknown = JSON.parse(readFileSync(file, "utf8"));
    return isRecord(found) ? found : {};
  } catch {
    return {};
  }
}

/** Whatever else stands there is not ours. */
function isRecord(found: unknown): found is PushedRecord {
  if (typeof found !== "object" || found === null || Array.isArray(found)) return false;
  return Object.values(found).every(
    (host) =>
      typeof host === "object" &&
      host !== null &&
      Object.values(host).every(
        (places) => Array.isArray(places) && places.every((it) => typeof it === "string"),
      ),
  );
}
