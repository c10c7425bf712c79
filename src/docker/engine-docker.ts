/** The `Docker` that talks to a real engine: puts its parts together and translates what they throw. */
import type { Readable } from "node:stream";
import type Dockerode from "dockerode";
import type { Digest } from "../model/artifact.ts";
import type { CredentialLookup } from "../model/credentials.ts";
import { buildCache, pruneBuildCache } from "./build-cache.ts";
import { type LazyConnection, lazyConnection } from "./connect.ts";
import { listContainers, removeContainer } from "./containers.ts";
import { credentialLookup } from "./credentials.ts";
import type {
  BuildRequest,
  Docker,
  ProgressSink,
  RunningService,
  RunRequest,
  ServiceRequest,
} from "./docker.ts";
import { type Endpoint, findEndpoint } from "./endpoint.ts";
import { engineInfo } from "./engine-info.ts";
import { translateError } from "./errors.ts";
import {
  imageId,
  importRootfs,
  layersOf,
  listImages,
  registryNames,
  removeImage,
  tagImage,
} from "./images.ts";
import { layerSizes } from "./layer-sizes.ts";

/**
 * Finds the engine that the environment names. It is only reached for, and the client for it only
 * loaded, when something is asked; after a failure the next question tries again.
 * @param environment DOCKER_HOST, DOCKER_CONTEXT, DOCKER_CONFIG, DOCKER_TLS_VERIFY,
 * DOCKER_CERT_PATH, HOME, and what `ssh` and credential helpers need
 * @throws DiagnosticError as `findEndpoint` tells
 */
export async function connectDocker(environment: NodeJS.ProcessEnv): Promise<Docker> {
  const endpoint = await findEndpoint(environment);
  return new EngineDocker(endpoint, environment);
}

class EngineDocker implements Docker {
  /** Engines on this machine publish on it; what a tunnel leads to publishes at its other end. */
  readonly publishedHost: string;
  readonly #address: string;
  readonly #connection: LazyConnection;
  readonly #credentials: CredentialLookup;
  #sizes: ReadonlyMap<Digest, number> = new Map();

  constructor(endpoint: Endpoint, environment: NodeJS.ProcessEnv) {
    this.publishedHost = endpoint.kind === "unix" ? "127.0.0.1" : endpoint.host;
    this.#address = endpoint.address;
    this.#connection = lazyConnection(endpoint, environment);
    this.#credentials = credentialLookup(environment);
  }

  info() {
    return this.#ask("ask about the engine", engineInfo);
  }

  async images() {
    const images = await this.#ask("list the images", listImages);
    this.#sizes = new Map(images.map(({ id, size }) => [id, size]));
    return images;
  }

  listedSize(id: Digest) {
    return this.#sizes.get(id);
  }

  imageId(reference: string) {
    return this.#ask(`look for \`${reference}\``, (engine) => imageId(engine, reference));
  }

  registryNames(reference: string) {
    return this.#ask(`look for \`${reference}\``, (engine) => registryNames(engine, reference));
  }

  layersOf(reference: string) {
    const act = (engine: Dockerode) => layersOf(engine, reference);
    return this.#ask(`ask for the layers of \`${reference}\``, act);
  }

  layerSizes(reference: string) {
    const act = (engine: Dockerode) => layerSizes(engine, reference);
    return this.#ask(`ask for the layers of \`${reference}\``, act);
  }

  buildCache() {
    return this.#ask("ask for the build cache", buildCache);
  }

  pruneBuildCache(before?: number) {
    return this.#ask("clean the build cache", (engine) => pruneBuildCache(engine, before));
  }

  tag(id: string, reference: string) {
    return this.#ask(`tag \`${id}\` as \`${reference}\``, (engine) =>
      tagImage(engine, id, reference),
    );
  }

  removeImage(reference: string) {
    return this.#ask(`remove \`${reference}\``, (engine) => removeImage(engine, reference));
  }

  importRootfs(
    tar: string,
    tags: readonly string[],
    changes: readonly string[],
    signal: AbortSignal,
  ): Promise<Digest> {
    const act = (engine: Dockerode) => importRootfs(engine, { tar, tags, changes }, signal);
    return this.#ask(`import \`${tar}\``, act, signal);
  }

  build(request: BuildRequest, progress: ProgressSink, signal: AbortSignal) {
    const act = async (engine: Dockerode) => {
      const { buildImage } = await import("./build-image.ts");
      return buildImage(engine, request, { credentials: this.#credentials, progress, signal });
    };
    return this.#ask(`build \`${request.tags[0] ?? request.dockerfile}\``, act, signal);
  }

  pull(reference: string, progress: ProgressSink, signal: AbortSignal) {
    const act = async (engine: Dockerode) => {
      const { pullImage } = await import("./transfer.ts");
      return pullImage(engine, reference, { credentials: this.#credentials, progress, signal });
    };
    return this.#ask(`pull \`${reference}\``, act, signal);
  }

  push(reference: string, progress: ProgressSink, signal: AbortSignal) {
    const act = async (engine: Dockerode) => {
      const { pushImage } = await import("./transfer.ts");
      return pushImage(engine, reference, { credentials: this.#credentials, progress, signal });
    };
    return this.#ask(`push \`${reference}\``, act, signal);
  }

  save(references: readonly string[], signal: AbortSignal) {
    const act = async (engine: Dockerode) => {
      const { saveImages } = await import("./save-images.ts");
      return saveImages(engine, references, signal);
    };
    return this.#ask("save the images", act, signal);
  }

  load(archive: Readable, signal: AbortSignal) {
    const act = async (engine: Dockerode) => {
      const { loadImages } = await import("./load-images.ts");
      return loadImages(engine, archive, signal);
    };
    return this.#ask("load the images", act, signal);
  }

  run(request: RunRequest, progress: ProgressSink, signal: AbortSignal) {
    const act = async (engine: Dockerode) => {
      const { runContainer } = await import("./run-container.ts");
      return runContainer(engine, request, progress, signal);
    };
    return this.#ask(`run \`${request.command.join(" ")}\``, act, signal);
  }

  async startService(request: ServiceRequest, signal: AbortSignal): Promise<RunningService> {
    const act = async (engine: Dockerode) => {
      const { startService } = await import("./services.ts");
      return startService(engine, request, signal);
    };
    const service = await this.#ask(`start the service \`${request.name}\``, act, signal);
    const of = `of the service \`${request.name}\``;
    return {
      ...service,
      state: () => this.#ask(`ask for the state ${of}`, () => service.state()),
      logs: (lines) => this.#ask(`read the output ${of}`, () => service.logs(lines)),
      exec: (command) => this.#ask(`run a check ${of}`, () => service.exec(command)),
      stop: () => this.#ask(`remove the container ${of}`, () => service.stop()),
    };
  }

  containers(labels: Readonly<Record<string, string>>) {
    return this.#ask("list the containers", (engine) => listContainers(engine, labels));
  }

  removeContainer(id: string) {
    return this.#ask(`remove the container \`${id}\``, (engine) => removeContainer(engine, id));
  }

  close() {
    this.#connection.close();
  }

  /** @param doing what is asked, to follow "cannot" when it fails */
  async #ask<T>(
    doing: string,
    act: (engine: Dockerode) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    try {
      return await act(await this.#connection.open());
    } catch (error) {
      throw translateError(error, { address: this.#address, doing, signal });
    }
  }
}
