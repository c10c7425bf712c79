/** Reads and writes manifests, by digest and by tag. In which order, is told by the caller. */
import { createHash } from "node:crypto";
import type { Digest } from "../model/artifact.ts";
import type { RegistryRequest } from "./client.ts";
import type { Place } from "./place.ts";
import { otherBytes } from "./problems.ts";

export interface Manifest {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly bytes: Uint8Array;
}

/** All kinds that a tag may name: a registry that is not told them gives another one. */
const accept = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

/**
 * The digest that a tag or a digest stands for; undefined where there is none.
 * @throws DiagnosticError where the registry cannot be reached or refuses
 */
export async function manifestDigest(place: Place, name: string): Promise<Digest | undefined> {
  const request = aboutManifest(place, "HEAD", name, "look for");
  const answer = await place.client.send(request);
  if (answer.status === 404) return undefined;
  if (answer.status !== 200) throw place.client.refused(answer, request);
  const told = answer.headers["docker-content-digest"];
  if (typeof told === "string" && told.startsWith("sha256:")) return told as Digest;
  return (await readManifest(place, name))?.digest;
}

/** The digest of the configuration, by which engines name an image; undefined for one of several platforms. */
export function configOf({ bytes }: Manifest): Digest | undefined {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8")).config?.digest;
  } catch {
    return undefined;
  }
}

/** @throws DiagnosticError also where what comes is not what its digest says */
export async function readManifest(place: Place, name: string): Promise<Manifest | undefined> {
  const request = aboutManifest(place, "GET", name, "read");
  const answer = await place.client.send(request);
  if (answer.status === 404) return undefined;
  if (answer.status !== 200) throw place.client.refused(answer, request);
  const digest = digestOf(answer.body);
  if (name.includes(":") && name !== digest) {
    throw otherBytes(place.client.host, "the manifest ", [name, digest]);
  }
  return {
    mediaType: answer.headers["content-type"] ?? "application/vnd.oci.image.manifest.v1+json",
    digest,
    bytes: answer.body,
  };
}

/**
 * @param name a tag, or the digest of the manifest
 * @throws DiagnosticError where the registry cannot be reached or refuses, or took other bytes for it
 */
export async function writeManifest(
  place: Place,
  name: string,
  { mediaType, digest, bytes }: Manifest,
): Promise<void> {
  const request: RegistryRequest = {
    ...aboutManifest(place, "PUT", name, "write"),
    headers: { "content-type": mediaType },
    body: { size: bytes.length, open: () => bytes },
  };
  const answer = await place.client.send(request);
  if (answer.status !== 201 && answer.status !== 200) throw place.client.refused(answer, request);
  const told = answer.headers["docker-content-digest"] ?? digest;
  if (told === digest) return;
  throw otherBytes(place.client.host, "the manifest ", [digest, String(told)]);
}

/** Removes a tag where the registry can; whether it did is seen by asking for the tag. */
export async function removeTag(place: Place, tag: string): Promise<void> {
  const request = aboutManifest(place, "DELETE", tag, "remove");
  await place.client.send({
    ...request,
    scopes: [`repository:${place.repository}:pull,push,delete`],
  });
}

function aboutManifest(
  { client, repository, signal }: Place,
  method: string,
  name: string,
  verb: string,
): RegistryRequest {
  const separator = name.includes(":") ? "@" : ":";
  return {
    method,
    to: `${repository}/manifests/${name}`,
    repository,
    scopes: [`repository:${repository}:${method === "PUT" ? "pull,push" : "pull"}`],
    doing: `${verb} \`${client.host}/${repository}${separator}${name}\``,
    headers: { accept },
    signal,
  };
}

/** SHA-256, in the form that manifests name each other by. */
export const digestOf = (bytes: Uint8Array): Digest =>
  `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
