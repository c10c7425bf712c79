/** How many bytes each layer of an image has. The API gives sizes by steps of the history, and layers by digest. */
import type Dockerode from "dockerode";
import type { Digest } from "../model/artifact.ts";
import type { LayerSize } from "./docker.ts";
import { statusOf } from "./errors.ts";
import { imageNotFound } from "./images.ts";

/** A step of the history, oldest first. */
interface HistoryStep {
  readonly bytes: number;
  /** What made it. */
  readonly by: string;
}

/**
 * From the base up.
 * @throws DiagnosticError `image-not-found`
 */
export async function layerSizes(
  engine: Dockerode,
  reference: string,
): Promise<readonly LayerSize[]> {
  try {
    const image = engine.getImage(reference);
    const [{ RootFS, Size }, history] = await Promise.all([image.inspect(), image.history()]);
    const steps = (history as readonly { readonly Size: number; readonly CreatedBy: string }[])
      .map((step) => ({ bytes: step.Size, by: step.CreatedBy }))
      .reverse();
    return matchSizes((RootFS?.Layers ?? []) as Digest[], steps, Size);
  } catch (error) {
    throw statusOf(error) === 404 ? imageNotFound(reference, error) : error;
  }
}

/** Instructions of a Dockerfile that make no layer. */
const metadata =
  /^(?:\/bin\/sh -c #\(nop\)\s+)?(?:ARG|CMD|ENTRYPOINT|ENV|EXPOSE|HEALTHCHECK|LABEL|MAINTAINER|ONBUILD|SHELL|STOPSIGNAL|USER|VOLUME)\b/;

/**
 * Pairs layers with the steps that made them: with all of them, those that are no metadata, or those that
 * wrote something, whichever are as many as the layers.
 * @param layers from the base up
 * @param total bytes of the image; all of them are the top layer's where no pairing fits
 * @internal exported for its test
 */
export function matchSizes(
  layers: readonly Digest[],
  steps: readonly HistoryStep[],
  total: number,
): readonly LayerSize[] {
  const made = steps.filter(({ bytes, by }) => bytes > 0 || !metadata.test(by));
  const wrote = steps.filter(({ bytes }) => bytes > 0);
  const fitting = [steps, made, wrote].find((found) => found.length === layers.length);
  return layers.map((digest, index) => ({
    digest,
    bytes: fitting?.[index]?.bytes ?? (index === layers.length - 1 ? total : 0),
  }));
}
