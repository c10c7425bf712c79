/** The engine of one command. */
import type { Docker } from "../docker/docker.ts";
import type { Surroundings } from "./surroundings.ts";

/** Connects when the engine is first asked something: a build of files alone needs none. */
export class LazyEngine {
  readonly #place: Surroundings;
  #docker: Promise<Docker> | undefined;

  constructor(place: Surroundings) {
    this.#place = place;
  }

  connect(): Promise<Docker> {
    this.#docker ??= this.#place.connectDocker(this.#place.environment);
    return this.#docker;
  }

  /** The engine, where something connected to it. */
  async connected(): Promise<Docker | undefined> {
    return await this.#docker?.catch(() => undefined);
  }

  async close(): Promise<void> {
    (await this.connected())?.close();
  }
}
