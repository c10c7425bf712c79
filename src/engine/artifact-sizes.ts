/** How large is what a build made, for report files: by what the disk and the engine's list of images tell. */
import { statSync } from "node:fs";
import path from "node:path";
import type { Docker } from "../docker/docker.ts";
import type { Artifact, Digest } from "../model/artifact.ts";
import { DiagnosticError } from "../model/diagnostic.ts";
import type { RunLine } from "../model/run-log.ts";
import { measureFolder } from "../store/measure-state.ts";

/** Told of a build while it runs; asked once it has ended. */
export class ArtifactSizes {
  readonly #root: string;
  readonly #images = new Set<Digest>();
  #docker: Docker | undefined;

  /** @param root absolute path of the workspace */
  constructor(root: string) {
    this.#root = root;
  }

  /** Notes which images the build is about. */
  take(line: RunLine): void {
    if (line.kind !== "target-finished") return;
    for (const { kind, digest } of line.artifacts) if (kind === "image") this.#images.add(digest);
  }

  /**
   * Asks the engine that the build asked before, once and for all images, and only where its last answer lacks
   * some: where nothing was made it lacks none.
   */
  async learn(docker: Docker | undefined): Promise<void> {
    this.#docker = docker;
    const isKnown = [...this.#images].every((id) => docker?.listedSize(id) !== undefined);
    if (docker === undefined || isKnown) return;
    try {
      await docker.images();
    } catch (error) {
      // The build has told what is wrong with the engine; sizes are no reason to fail.
      if (!(error instanceof DiagnosticError)) throw error;
    }
  }

  /** Bytes; undefined for what lies in a registry alone, and for what nobody knows. */
  sizeOf(artifact: Artifact): number | undefined {
    switch (artifact.kind) {
      case "file":
        return statSync(this.#placeOf(artifact), { throwIfNoEntry: false })?.size;
      case "tree":
        return measureFolder(this.#placeOf(artifact)).bytes;
      case "image":
        return this.#docker?.listedSize(artifact.digest);
      case "published":
        return undefined;
    }
  }

  #placeOf(artifact: { readonly path: string }): string {
    return path.resolve(this.#root, artifact.path);
  }
}
