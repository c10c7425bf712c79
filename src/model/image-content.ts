/** An image as registries and OCI layouts hold it: a manifest that names a configuration and layers by digest. */
import type { Readable } from "node:stream";
import type { Digest } from "./artifact.ts";

/** Some bytes that a manifest names. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
}

export interface ImageContent {
  /** Image ID in the engine that it came from: the digest of the configuration, or of the manifest where the engine stores images so. */
  readonly id: Digest;
  /** The manifest as it is sent and stored, byte by byte. */
  readonly manifest: Descriptor & { readonly bytes: Uint8Array };
  readonly config: Descriptor;
  /** From the base up; compressed, as they are sent. */
  readonly layers: readonly Descriptor[];
}

/** Where the bytes behind digests are read from. */
export interface BlobSource {
  /**
   * The bytes of one blob from an offset on.
   * @throws when the blob is not there
   */
  open(digest: Digest, from?: number): Readable;
}
