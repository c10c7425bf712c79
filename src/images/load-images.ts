/** Puts saved images into an engine: those that it lacks, each verified before the engine gets any of it. */
import { Readable } from "node:stream";
import type { Docker } from "../docker/docker.ts";
import { failure } from "../docker/errors.ts";
import type { Digest } from "../model/artifact.ts";
import { WrongDigest } from "../store/blob-store.ts";
import { compress } from "../store/compress.ts";
import type { NamedImage } from "./image-index.ts";
import { damaged, type SavedSource, verifyBlobs } from "./saved-source.ts";
import { archiveBytes } from "./write-archive.ts";

/** What became of an image, or would become of it. */
export interface LoadedImage {
  readonly id: Digest;
  readonly references: readonly string[];
  /** `tagged`: the engine held it, without all of its names. */
  readonly action: "loaded" | "tagged" | "there";
}

export interface LoadParts {
  readonly docker: Pick<Docker, "images" | "load" | "tag">;
  /** Tell what would be done. */
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
}

export async function loadImages(
  source: SavedSource,
  { docker, dryRun, signal }: LoadParts,
): Promise<readonly LoadedImage[]> {
  const before = await heldBy(docker);
  const outcomes = source.images.map((image) => outcomeOf(image, before));
  if (dryRun) return outcomes;
  const missing = source.images.filter((_, index) => outcomes[index]?.action === "loaded");
  if (missing.length > 0) await send(missing, source, docker, signal);
  for (const { id, references, action } of outcomes) {
    if (action !== "tagged") continue;
    for (const reference of references) {
      if (before.names.get(reference) !== id) await docker.tag(id, reference);
    }
  }
  return missing.length === 0 ? outcomes : withIds(source.images, outcomes, await heldBy(docker));
}

interface Held {
  readonly ids: ReadonlySet<Digest>;
  readonly names: ReadonlyMap<string, Digest>;
}

async function heldBy(docker: LoadParts["docker"]): Promise<Held> {
  const images = await docker.images();
  return {
    ids: new Set(images.map(({ id }) => id)),
    names: new Map(images.flatMap(({ id, references }) => references.map((name) => [name, id]))),
  };
}

/** The classic store of engines goes by the configuration, the one of containerd by the manifest. */
const idIn = ({ content }: NamedImage, { ids }: Held): Digest | undefined =>
  [content.config.digest, content.manifest.digest].find((id) => ids.has(id));

function outcomeOf(image: NamedImage, held: Held): LoadedImage {
  const id = idIn(image, held);
  const { references } = image;
  if (id === undefined) return { id: image.content.config.digest, references, action: "loaded" };
  const isNamed = references.every((reference) => held.names.get(reference) === id);
  return { id, references, action: isNamed ? "there" : "tagged" };
}

async function send(
  images: readonly NamedImage[],
  source: SavedSource,
  docker: LoadParts["docker"],
  signal: AbortSignal,
): Promise<void> {
  try {
    await verifyBlobs(images, source);
    const forms = {
      openAs: (digest: Digest, compression: Parameters<typeof compress>[1]) =>
        compress(source.open(digest), compression),
    };
    const bytes = archiveBytes(images, forms, "none");
    await docker.load(Readable.from(bytes, { objectMode: false }), signal);
  } catch (error) {
    throw error instanceof WrongDigest ? damaged(`blob ${error.message}`) : error;
  }
}

/** An engine that says nothing of a failure has not loaded anything for that. */
function withIds(
  images: readonly NamedImage[],
  outcomes: readonly LoadedImage[],
  after: Held,
): readonly LoadedImage[] {
  return images.map((image, index) => {
    const outcome = outcomes[index] as LoadedImage;
    const id = idIn(image, after);
    const lost = outcome.references.find((name) => !id || after.names.get(name) !== id);
    if (id !== undefined && lost === undefined) return { ...outcome, id };
    const what = lost ?? image.content.config.digest;
    throw failure(
      "load-failed",
      "surroundings",
      `the engine does not hold \`${what}\` after loading it`,
    );
  });
}
