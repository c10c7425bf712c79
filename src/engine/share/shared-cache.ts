/**
 * The shared cache as a build uses it: asked once for each key, given up after the first failure, written
 * beside the build. What it restores is recorded by `restore-target.ts`.
 */
import type { BatchedImages } from "../../cache/batched-images.ts";
import type { CacheEntry } from "../../cache/entry.ts";
import { HeldLayers } from "../../cache/held-layers.ts";
import type { Place, RemoteCache } from "../../cache/remote-cache.ts";
import type { Digest } from "../../model/artifact.ts";
import { type Diagnostic, DiagnosticError } from "../../model/diagnostic.ts";
import type { Reporter } from "../../model/event.ts";
import type { RegistryAccess } from "../../model/registries.ts";
import type { CacheSettings, Target, TargetName } from "../../model/target.ts";
import type { BlobStore } from "../../store/blob-store.ts";
import { cacheUnreadableProblem, cacheUnwritableProblem } from "../problems.ts";
import { systemProblem } from "../system-problem.ts";

export interface CacheUse {
  readonly settings: CacheSettings;
  readonly reads: boolean;
  readonly writes: boolean;
}

export interface CacheRoom {
  readonly access: RegistryAccess;
  readonly blobs: BlobStore;
  readonly signal: AbortSignal;
  readonly reporter: Reporter;
  /** Targets to make again. */
  readonly forced: ReadonlySet<TargetName>;
}

/** Entries that are written at the same time: the build has more urgent things to do. */
const atOnce = 2;

export class SharedCache {
  readonly use: CacheUse;
  readonly held: HeldLayers;
  /** Blobs of files, which the workspace has anyway: they leave the store when the run ends. */
  readonly passing = new Set<Digest>();
  /** Of those that are written, made when the first one is. */
  images: BatchedImages | undefined;
  readonly #room: CacheRoom;
  readonly #found = new Map<string, Promise<CacheEntry | undefined>>();
  readonly #waiting: (() => Promise<void>)[] = [];
  readonly #writers = new Set<Promise<void>>();
  #remote: RemoteCache | undefined;
  /** Where entries are written, with the patience of a push. */
  #place: Place | undefined;
  #isUnreadable = false;
  #isUnwritable = false;
  #bug: unknown;

  constructor(use: CacheUse, room: CacheRoom) {
    this.use = use;
    this.held = new HeldLayers(room.signal);
    this.#room = room;
  }

  /** Whether to ask for what this target makes: who forces it wants it made. */
  isAsked({ name }: Target): boolean {
    return this.use.reads && !this.#isUnreadable && !this.#room.forced.has(name);
  }

  get isWritten(): boolean {
    return this.use.writes && !this.#isUnwritable;
  }

  /** @throws DiagnosticError where it cannot be asked; CacheDamage where the entry is not what it says */
  async find(key: string): Promise<CacheEntry | undefined> {
    const remote = await this.remote();
    const asked = this.#found.get(key) ?? remote.find(key);
    this.#found.set(key, asked);
    return asked;
  }

  async remote(): Promise<RemoteCache> {
    const { RemoteCache } = await import("../../cache/remote-cache.ts");
    this.#remote ??= new RemoteCache({ ...this.#room, registry: this.use.settings.registry });
    return this.#remote;
  }

  /** The first failure ends the reading for this run, and is told once. */
  giveUpReading(problem: Diagnostic): void {
    if (this.#isUnreadable) return;
    this.#isUnreadable = true;
    const told = cacheUnreadableProblem(this.use.settings.registry, problem);
    this.#room.reporter.report({ kind: "warning", problem: told });
  }

  /** Writes beside the build; a failure is told once, and nothing is written after it. */
  write(work: (place: Place) => Promise<unknown>): void {
    const { signal } = this.#room;
    this.#waiting.push(async () => {
      if (!this.isWritten || signal.aborted) return;
      try {
        await work(await this.#writingPlace());
      } catch (error) {
        // What something removed since it was made is not kept, and nobody misses it there.
        if (!signal.aborted && !isGone(error)) this.#giveUpWriting(error);
      }
    });
    this.#startWriters();
  }

  /** Waits for what is still written. */
  async written(): Promise<void> {
    while (this.#writers.size > 0) await Promise.all(this.#writers);
  }

  async close(): Promise<void> {
    await this.written();
    await this.images?.close();
    for (const digest of this.passing) this.#room.blobs.remove(digest);
    this.#remote?.close();
    this.#place?.client.close();
    if (this.#bug !== undefined) throw this.#bug;
  }

  async #writingPlace(): Promise<Place> {
    const { placeOf } = await import("../../cache/remote-cache.ts");
    this.#place ??= placeOf({ ...this.#room, registry: this.use.settings.registry });
    return this.#place;
  }

  #startWriters(): void {
    while (this.#writers.size < atOnce) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      const writer = next().finally(() => {
        this.#writers.delete(writer);
        this.#startWriters();
      });
      this.#writers.add(writer);
    }
  }

  #giveUpWriting(error: unknown): void {
    const problem = error instanceof DiagnosticError ? error.diagnostic : systemProblem(error);
    if (problem === undefined) this.#bug ??= error;
    if (problem === undefined || this.#isUnwritable) return;
    this.#isUnwritable = true;
    const told = cacheUnwritableProblem(this.use.settings.registry, problem);
    this.#room.reporter.report({ kind: "warning", problem: told });
  }
}

const isGone = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === "ENOENT";
