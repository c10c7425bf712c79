/**
 * The shared cache as it lies in a registry: finds entries, brings their blobs into the store, each once,
 * and verifies every byte by its digest. What is done with an entry is told by its callers.
 */
import type { Digest } from "../model/artifact.ts";
import type { Descriptor } from "../model/image-content.ts";
import type { RegistryAccess } from "../model/registries.ts";
import { repositoryAt } from "../registry/endpoint.ts";
import { type Manifest, readManifest } from "../registry/manifests.ts";
import { openRegistry } from "../registry/open-registry.ts";
import type { Place } from "../registry/place.ts";
import { readBlob } from "../registry/read-blob.ts";
import { type BlobStore, WrongDigest } from "../store/blob-store.ts";
import { damaged } from "./damage.ts";
import { type CacheEntry, entryTag, readEntry, readEntryManifest } from "./entry.ts";

export type { Place };

export interface RemoteOptions {
  /** HOST/NAME */
  readonly registry: string;
  readonly access: RegistryAccess;
  readonly blobs: BlobStore;
  readonly signal: AbortSignal;
}

/** An entry that can be had is worth little patience: without it the target is made. */
const tries = 2;
/** Milliseconds without a byte. */
const patience = 15_000;

/** Bytes that the configuration of an entry may have: it names every output. */
const largestConfig = 8 << 20;

export class RemoteCache {
  readonly place: Place;
  readonly #blobs: BlobStore;
  /** Blobs on their way: two targets that need one share it. */
  readonly #coming = new Map<Digest, Promise<void>>();

  constructor(options: RemoteOptions) {
    const { access } = options;
    const most = Math.min(tries, access.tries ?? tries);
    this.place = placeOf({ ...options, access: { ...access, tries: most, patience } });
    this.#blobs = options.blobs;
  }

  /**
   * @returns undefined where there is none
   * @throws DiagnosticError where the registry cannot be asked; CacheDamage where it holds something else
   */
  async find(key: string): Promise<CacheEntry | undefined> {
    const manifest = await readManifest(this.place, entryTag(key));
    if (manifest === undefined) return undefined;
    const { config, layers } = readEntryManifest(manifest.bytes);
    return readEntry(await this.#small(config), layers, key);
  }

  /** A manifest by its digest. @throws CacheDamage where it is not there, or other bytes are */
  async manifest({ digest }: Descriptor): Promise<Manifest> {
    const found = await readManifest(this.place, digest);
    if (found === undefined) throw damaged(`manifest \`${digest}\` is missing`);
    if (found.digest !== digest) throw damaged(`manifest \`${digest}\` is ${found.digest}`);
    return found;
  }

  /** Sees to it that a blob lies in the store. @throws CacheDamage where it is not to be had */
  bring(blob: Descriptor): Promise<void> {
    if (this.#blobs.sizeOf(blob.digest) === blob.size) return Promise.resolve();
    const coming = this.#coming.get(blob.digest) ?? this.#fetch(blob);
    this.#coming.set(blob.digest, coming);
    return coming.finally(() => this.#coming.delete(blob.digest));
  }

  close(): void {
    this.place.client.close();
  }

  async #fetch(blob: Descriptor): Promise<void> {
    const { signal } = this.place;
    try {
      const isThere = await readBlob(this.place, blob, async (content) => {
        await this.#blobs.add(atMost(blob.size, content), signal, blob.digest);
      });
      if (!isThere) throw damaged(`blob \`${blob.digest}\` is missing`);
    } catch (error) {
      throw error instanceof WrongDigest ? damaged(`blob ${error.message}`) : error;
    }
  }

  async #small(blob: Descriptor): Promise<Buffer> {
    if (blob.size > largestConfig) throw damaged("its configuration is too large");
    await this.bring(blob);
    const bytes = this.#blobs.read(blob.digest);
    this.#blobs.remove(blob.digest);
    if (bytes === undefined) throw damaged(`blob \`${blob.digest}\` is missing`);
    return bytes;
  }
}

/** The way to the repository: with the credentials, certificates and proxies of a push. */
export function placeOf({ registry, access, signal }: Omit<RemoteOptions, "blobs">): Place {
  const slash = registry.indexOf("/");
  const host = registry.slice(0, slash);
  const client = openRegistry(host, access);
  return { client, repository: repositoryAt(host, registry.slice(slash + 1)), signal };
}

/** A registry that goes on and on must not fill the disk. */
async function* atMost(size: number, content: AsyncIterable<Uint8Array>) {
  let seen = 0;
  for await (const chunk of content) {
    seen += chunk.length;
    if (seen > size) throw damaged(`a blob has more than its ${size} bytes`);
    yield chunk;
  }
}
