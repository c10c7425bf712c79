/**
 * What the rest of tbuild may ask of a Docker Engine. The one implementation talks to a real
 * engine; unit tests of the layers above use a fake. Knows nothing of targets.
 */
import type { Readable } from "node:stream";
import type { Digest } from "../model/artifact.ts";

export interface EngineInfo {
  /** Stable identity of this engine: traces of images hold only for it. */
  readonly id: string;
  /** Engine version, such as `20.10.24`. */
  readonly version: string;
  readonly apiVersion: string;
  /** `linux/amd64` and the like: part of the fingerprint of what is built. */
  readonly platform: string;
}

export interface ImageSummary {
  readonly id: Digest;
  /** `name:tag` references, as the engine prints them. */
  readonly references: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** Seconds since the epoch. */
  readonly created: number;
  /** Bytes. */
  readonly size: number;
}

/** One file of a build context or of a container's inputs. */
export interface PackedFile {
  /** Path inside the archive, with `/`, no leading `/` or `./`. */
  readonly name: string;
  /** Absolute path on this machine to read from. */
  readonly source: string;
}

/**
 * A step of a BuildKit build, as the engine reports it.
 * @internal exported for its test
 */
export interface BuildStep {
  /** BuildKit's vertex digest: the same step keeps it through a build. */
  readonly id: string;
  /** `[2/5] RUN make`, or `[internal] load build context`. */
  readonly name: string;
  readonly state: "started" | "done" | "cached" | "failed";
  /** Seconds that it ran, once it ended. */
  readonly seconds?: number;
  readonly error?: string;
}

/** Where an operation tells what it is doing. All text is decoded UTF-8. */
export interface ProgressSink {
  /** A chunk of output of a command or a step: whole lines, without the line end. */
  output(line: string, step?: string): void;
  step(step: BuildStep): void;
  /** Transfer of layers and the like; `total` is absent while unknown. Bytes. */
  transfer?(id: string, done: number, total?: number): void;
}

export interface BuildRequest {
  readonly context: readonly PackedFile[];
  /** Path of the Dockerfile inside the context. */
  readonly dockerfile: string;
  readonly tags: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly args: Readonly<Record<string, string>>;
  readonly stage?: string;
  /** `name:address`, where the address may be `host-gateway`. */
  readonly extraHosts: readonly string[];
  /** Secret ids of the Dockerfile and their values; never logged, never kept. */
  readonly secrets: ReadonlyMap<string, Uint8Array>;
  readonly network?: "host" | "none" | "default";
  readonly platform?: string;
  readonly noCache?: boolean;
}

export interface RunRequest {
  readonly image: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Folder in the container that `inputs` are laid into. */
  readonly workdir: string;
  /** Folder below `workdir` that the command starts in; empty for `workdir` itself. */
  readonly startFolder?: string;
  readonly inputs: readonly PackedFile[];
  /** Files for elsewhere in the container, by their paths below `/`. */
  readonly aside?: readonly PackedFile[];
  /** Paths below `workdir`, files or folders, brought back when the command succeeded. */
  readonly outputs: readonly string[];
  /** Those of them that are brought back when the command failed, too, where they are there. */
  readonly caches?: readonly string[];
  /** Absolute folder on this machine that the outputs are written below, owned by the caller. */
  readonly destination: string;
  readonly extraHosts: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly network?: "host" | "none" | "default";
}

export interface RunOutcome {
  readonly exitCode: number;
  /** Outputs that the container did not hold after the command. */
  readonly missing: readonly string[];
}

export interface ServiceRequest {
  readonly image: string;
  readonly name: string;
  /** TCP port inside the container, published on a port of this machine that the engine picks or `hostPort`. */
  readonly port: number;
  /** Port to prefer on the host; another one is taken when it is in use. */
  readonly hostPort?: number;
  readonly command?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

export interface RunningService {
  readonly containerId: string;
  /** Port on the engine's host. */
  readonly hostPort: number;
  /** Whether the container still runs, and its exit code when it does not. */
  state(): Promise<{ readonly running: boolean; readonly exitCode: number }>;
  /** Last lines that it wrote. */
  logs(lines: number): Promise<string>;
  /**
   * Runs a command in the container, for readiness checks. Output is dropped.
   * @returns the exit code
   */
  exec(command: readonly string[]): Promise<number>;
  /** Removes the container and its anonymous volumes; no error when it is gone. */
  stop(): Promise<void>;
}

export interface ContainerSummary {
  readonly id: string;
  readonly names: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly running: boolean;
  /** ID of its image. */
  readonly image?: string;
  /** Seconds since the epoch. */
  readonly created?: number;
  /** Bytes that it wrote itself; only where labels were asked for, since the engine has to look. */
  readonly size?: number;
}

/** A layer of an image, as it is unpacked. */
export interface LayerSize {
  readonly digest: Digest;
  readonly bytes: number;
}

/** A record of the engine's build cache. It does not say for whom it was made. */
export interface CacheRecord {
  readonly inUse: boolean;
  /** An image has the same layer: nothing is freed without that image. */
  readonly shared: boolean;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since the epoch, of its last use or else its making. */
  readonly usedAt: number;
}

export type RemoveOutcome =
  | { readonly kind: "removed" }
  | { readonly kind: "absent" }
  | { readonly kind: "in-use"; readonly by: string };

/**
 * Every method throws `DiagnosticError`: codes `engine-unreachable` (blame surroundings),
 * `build-failed`, `run-failed`, `pull-failed`, `push-failed`, `image-not-found`,
 * `registry-unreachable` …; and an `AbortError` when `signal` ended it.
 */
export interface Docker {
  info(): Promise<EngineInfo>;
  /** All images, by one call. */
  images(): Promise<readonly ImageSummary[]>;
  /** Bytes of an image, as the last answer of `images` said. Asks nobody. */
  listedSize(id: Digest): number | undefined;
  /** The image ID under a reference, or undefined. */
  imageId(reference: string): Promise<Digest | undefined>;
  /**
   * Under which names with digests registries have an image that the engine holds, such as
   * `debian@sha256:…`; undefined where it holds none. One that was loaded or built here has no such name.
   */
  registryNames(reference: string): Promise<readonly string[] | undefined>;
  /**
   * Digests of an image's layers as they are unpacked, from the base up.
   * @throws DiagnosticError `image-not-found`
   */
  layersOf(reference: string): Promise<readonly Digest[]>;
  /**
   * The same with the bytes of each; of an image whose history does not tell, all of them on its top layer.
   * @throws DiagnosticError `image-not-found`
   */
  layerSizes(reference: string): Promise<readonly LayerSize[]>;
  /** @returns the image ID */
  build(request: BuildRequest, progress: ProgressSink, signal: AbortSignal): Promise<Digest>;
  /**
   * Imports a root file system as an image with one layer.
   * @param tar absolute path of the tar file, plain or compressed
   * @param changes Dockerfile instructions such as `CMD ["bash"]`
   * @returns the image ID
   */
  importRootfs(
    tar: string,
    tags: readonly string[],
    changes: readonly string[],
    signal: AbortSignal,
  ): Promise<Digest>;
  /** @returns the image ID; fails with `image-not-found` or `registry-unreachable` apart from other errors */
  pull(reference: string, progress: ProgressSink, signal: AbortSignal): Promise<Digest>;
  /** @returns the manifest digest that the registry reported */
  push(reference: string, progress: ProgressSink, signal: AbortSignal): Promise<Digest>;
  tag(id: string, reference: string): Promise<void>;
  /** Streams a docker-archive of the references. */
  save(references: readonly string[], signal: AbortSignal): Promise<NodeJS.ReadableStream>;
  /** Puts the images of a docker-archive into the engine; fails with `load-failed`. */
  load(archive: Readable, signal: AbortSignal): Promise<void>;
  /** Removes one reference, or an image by ID when nothing else holds it. Never forced. */
  removeImage(referenceOrId: string): Promise<RemoveOutcome>;
  run(request: RunRequest, progress: ProgressSink, signal: AbortSignal): Promise<RunOutcome>;
  startService(request: ServiceRequest, signal: AbortSignal): Promise<RunningService>;
  /** Containers, running or not, that carry all of the labels. */
  containers(labels: Readonly<Record<string, string>>): Promise<readonly ContainerSummary[]>;
  /** Removes a container, running or not; no error when it is gone. */
  removeContainer(id: string): Promise<void>;
  /** All of it, of everybody. */
  buildCache(): Promise<readonly CacheRecord[]>;
  /**
   * Removes what nobody uses of the build cache.
   * @param before milliseconds since the epoch: only what was last used before then
   * @returns bytes that were freed
   */
  pruneBuildCache(before?: number): Promise<number>;
  /** Host name or address at which this machine reaches ports that the engine publishes. */
  readonly publishedHost: string;
  close(): void;
}
