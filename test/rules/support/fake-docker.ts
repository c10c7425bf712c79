/** A Docker Engine in memory, for tests of rules: images by name, requests remembered, nothing built. */
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { Header } from "tar/header";
import type {
  BuildRequest,
  CacheRecord,
  ContainerSummary,
  Docker,
  EngineInfo,
  ImageSummary,
  LayerSize,
  ProgressSink,
  RemoveOutcome,
  RunOutcome,
  RunRequest,
} from "../../../src/docker/docker.ts";
import type { Digest } from "../../../src/model/artifact.ts";
import { DiagnosticError } from "../../../src/model/diagnostic.ts";
import { type HandMadeImage, newForm, sha256 } from "../../support/image-archive.ts";

interface HeldImage {
  readonly references: Set<string>;
  readonly labels: Readonly<Record<string, string>>;
  readonly created: number;
  /** From the base up; nobody else's where a test says nothing. */
  readonly layers: readonly LayerSize[];
}

export const digestOf = (text: string): Digest =>
  `sha256:${createHash("sha256").update(text).digest("hex")}`;

export class FakeDocker implements Docker {
  readonly publishedHost = "127.0.0.1";
  readonly held = new Map<Digest, HeldImage>();
  readonly heldContainers: ContainerSummary[] = [];
  readonly builds: BuildRequest[] = [];
  readonly runs: RunRequest[] = [];
  readonly imports: { readonly tar: string; readonly changes: readonly string[] }[] = [];
  readonly pushed: string[] = [];
  cache: readonly CacheRecord[] = [];
  /** References that it was asked to pull. */
  readonly pulls: string[] = [];
  /** Thrown when one of these is pulled. */
  readonly absent = new Map<string, DiagnosticError>();
  /** References whose images a container uses. */
  readonly inUse = new Map<string, string>();
  /** Saves asked for. */
  readonly saves: (readonly string[])[] = [];
  /** Bytes of an archive that arrive before the engine breaks off. */
  breaksOffAfter = Number.POSITIVE_INFINITY;
  /** Digests of registries under which it holds images, by their references. */
  readonly digests = new Map<string, string>();
  /** Thrown by what it names. */
  readonly problems: Partial<Record<"pull" | "push" | "info", DiagnosticError>> = {};
  /** Files that the command in a container makes, by path below the folder it runs in. */
  makes: Readonly<Record<string, string>> = {};
  /** How often it was asked for the list of its images. */
  listings = 0;
  #listed: ReadonlySet<Digest> = new Set();
  readonly #handMade = new Map<Digest, HandMadeImage>();
  exitCode = 0;
  prints: readonly string[] = [];

  hold(
    id: Digest,
    references: readonly string[],
    labels: Readonly<Record<string, string>> = {},
    layers: readonly LayerSize[] = [{ digest: id, bytes: 1000 }],
  ): void {
    for (const image of this.held.values())
      for (const name of references) image.references.delete(name);
    this.held.set(id, { references: new Set(references), labels, created: this.held.size, layers });
  }

  /** An image whose bytes can be had, under the references that it names. */
  holdImage(image: HandMadeImage): void {
    this.#handMade.set(image.id, image);
    this.hold(image.id, image.references);
  }

  async info(): Promise<EngineInfo> {
    if (this.problems.info) throw this.problems.info;
    return { id: "fake", version: "26.1.5", apiVersion: "1.45", platform: "linux/amd64" };
  }

  async images(): Promise<readonly ImageSummary[]> {
    this.listings++;
    this.#listed = new Set(this.held.keys());
    return [...this.held].map(([id, { references, labels, created }]) => ({
      id,
      references: [...references],
      labels,
      created,
      size: 1,
    }));
  }

  listedSize(id: Digest): number | undefined {
    return this.#listed.has(id) ? 1 : undefined;
  }

  async imageId(reference: string): Promise<Digest | undefined> {
    return [...this.held].find(([, image]) => image.references.has(reference))?.[0];
  }

  async registryNames(reference: string): Promise<readonly string[] | undefined> {
    if ((await this.imageId(reference)) === undefined) return undefined;
    const digest = this.digests.get(reference);
    return digest === undefined ? [] : [`${reference.replace(/:[^:/]*$/, "")}@${digest}`];
  }

  async layersOf(id: string): Promise<readonly Digest[]> {
    const handMade = this.#handMade.get(id as Digest)?.layers.map(sha256);
    return handMade ?? (this.held.get(id as Digest)?.layers ?? []).map(({ digest }) => digest);
  }

  async layerSizes(id: string): Promise<readonly LayerSize[]> {
    return this.held.get(id as Digest)?.layers ?? [];
  }

  async buildCache(): Promise<readonly CacheRecord[]> {
    return this.cache;
  }

  async pruneBuildCache(before = Number.POSITIVE_INFINITY): Promise<number> {
    const gone = this.cache.filter(({ inUse, usedAt }) => !inUse && usedAt < before);
    this.cache = this.cache.filter((record) => !gone.includes(record));
    return gone.reduce((sum, { size, shared }) => sum + (shared ? 0 : size), 0);
  }

  async load(_: Readable): Promise<void> {
    throw new Error("rules load nothing");
  }

  async build(request: BuildRequest): Promise<Digest> {
    this.builds.push(request);
    const id = digestOf(`build ${this.builds.length}`);
    this.hold(id, request.tags, request.labels);
    return id;
  }

  async importRootfs(
    tar: string,
    tags: readonly string[],
    changes: readonly string[],
  ): Promise<Digest> {
    this.imports.push({ tar, changes });
    const id = digestOf(`import ${this.imports.length}`);
    this.hold(id, tags);
    return id;
  }

  async pull(reference: string): Promise<Digest> {
    this.pulls.push(reference);
    const problem = this.absent.get(reference) ?? this.problems.pull;
    if (problem) throw problem;
    const id = digestOf(`pull ${reference}`);
    this.hold(id, [reference]);
    return id;
  }

  async push(reference: string): Promise<Digest> {
    if (this.problems.push) throw this.problems.push;
    const id = await this.imageId(reference);
    if (id === undefined) throw new Error(`nothing is called ${reference}`);
    this.pushed.push(reference);
    return id;
  }

  async tag(id: string, reference: string): Promise<void> {
    for (const image of this.held.values()) image.references.delete(reference);
    const image = this.held.get(id as Digest);
    if (image === undefined) throw new Error(`no image ${id}`);
    image.references.add(reference);
  }

  async save(ids: readonly string[]): Promise<NodeJS.ReadableStream> {
    this.saves.push(ids);
    const images = ids.flatMap((id) => this.#handMade.get(id as Digest) ?? []);
    return Readable.from([newForm(images).subarray(0, this.breaksOffAfter)]);
  }

  async removeImage(referenceOrId: string): Promise<RemoveOutcome> {
    const by = this.inUse.get(referenceOrId);
    if (by !== undefined) return { kind: "in-use", by };
    const id = referenceOrId.startsWith("sha256:")
      ? (referenceOrId as Digest)
      : await this.imageId(referenceOrId);
    const image = id && this.held.get(id);
    if (id === undefined || image === undefined) return { kind: "absent" };
    image.references.delete(referenceOrId);
    if (image.references.size > 0 && referenceOrId === id) return { kind: "in-use", by: "a name" };
    if (image.references.size === 0) this.held.delete(id);
    return { kind: "removed" };
  }

  async run(request: RunRequest, progress: ProgressSink): Promise<RunOutcome> {
    this.runs.push(request);
    for (const line of this.prints) progress.output(line);
    const isCache = (name: string) =>
      request.caches?.some((cache) => name.startsWith(`${cache}/`)) === true;
    for (const [name, content] of Object.entries(this.makes)) {
      if (this.exitCode !== 0 && !isCache(name)) continue;
      mkdirSync(path.dirname(path.join(request.destination, name)), { recursive: true });
      writeFileSync(path.join(request.destination, name), content);
    }
    if (this.exitCode !== 0) return { exitCode: this.exitCode, missing: [] };
    const made = Object.keys(this.makes);
    const isMade = (output: string) => made.some((name) => `${name}/`.startsWith(`${output}/`));
    return { exitCode: 0, missing: request.outputs.filter((output) => !isMade(output)) };
  }

  async startService(): Promise<never> {
    throw new Error("rules start no services");
  }

  async containers(labels: Readonly<Record<string, string>>): Promise<readonly ContainerSummary[]> {
    return this.heldContainers.filter((container) =>
      Object.entries(labels).every(([name, value]) => container.labels[name] === value),
    );
  }

  async removeContainer(id: string): Promise<void> {
    const at = this.heldContainers.findIndex((container) => container.id === id);
    this.heldContainers.splice(at, 1);
  }

  close(): void {}
}

/** A whole tar of small files. */
export function tarOf(files: Readonly<Record<string, string>>): Buffer {
  const parts = Object.entries(files).flatMap(([name, text]) => {
    const content = Buffer.from(text);
    const header = Buffer.alloc(512);
    new Header({
      path: name,
      type: "File",
      mode: 0o644,
      size: content.length,
      mtime: new Date(0),
    }).encode(header);
    return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}

export const problem = (code: string, message: string): DiagnosticError =>
  new DiagnosticError({ code, blame: "surroundings", message });
