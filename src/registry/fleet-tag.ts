/** One tag of a fleet that is pushed, and what becomes of it. Plain data. */
import type { Digest } from "../model/artifact.ts";
import type { ImageContent } from "../model/image-content.ts";
import type { Place } from "./place.ts";

export interface FleetTag {
  /** As the registry knows it, without the host. */
  readonly repository: string;
  readonly tag: string;
  readonly content: ImageContent;
  /** Written only where another tag of its repository comes to name the image. */
  readonly follows?: boolean;
}

export interface TagChange {
  readonly tag: FleetTag;
  readonly place: Place;
  /** What it names in the registry; undefined where there is none. */
  readonly old: Digest | undefined;
}
