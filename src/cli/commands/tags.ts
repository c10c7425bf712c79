/** `tbuild tags IMAGE|TARGET`: what the registry has of it, on standard output. */
import {
  placeOfReference,
  type RegistryPlace,
  registryPlaces,
} from "../../engine/registry-places.ts";
import { commonOptions } from "../../model/command-line.ts";
import { type Diagnostic, DiagnosticError } from "../../model/diagnostic.ts";
import type { RegistryAccess } from "../../model/registries.ts";
import { repositoryAt } from "../../registry/endpoint.ts";
import { openRegistry } from "../../registry/open-registry.ts";
import { type RegistryTag, readTags } from "../../registry/tags.ts";
import { prepare, type TargetRequest } from "../prepare.ts";
import { readWords } from "../read-words.ts";
import { accessOf, readRegistryAccess } from "../registry-access.ts";
import { showProblems } from "../show-problems.ts";
import type { Surroundings } from "../surroundings.ts";
import * as problems from "../usage-problems.ts";

/** @returns the exit code */
export async function runTags(request: TargetRequest, place: Surroundings): Promise<number> {
  const { log } = request.common;
  const found = await findPlaces(request, place);
  if ("problems" in found) return showProblems({ ...found, log }, place);
  try {
    for (const [index, each] of found.places.entries()) {
      const tags = await tagsAt(each, found.access);
      const name = `${each.host}/${each.repository}`;
      const lines = log === "json" ? [json(name, tags)] : table(name, tags);
      if (log !== "json" && index > 0) lines.unshift("");
      place.out.write(lines.map((line) => `${line}\n`).join(""));
    }
    return 0;
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return await showProblems({ problems: [error.diagnostic], root: found.root, log }, place);
  }
}

type Found = { readonly root: string } & (
  | { readonly places: readonly RegistryPlace[]; readonly access: RegistryAccess }
  | { readonly problems: readonly Diagnostic[] }
);

/**
 * A word with a host in it names an image. No target file is needed for that; where there is one, it may
 * tell how the host is reached.
 */
async function findPlaces(request: TargetRequest, place: Surroundings): Promise<Found> {
  const { others } = readWords(request.argv, commonOptions);
  const root = place.cwd;
  if (others.length === 0) return { root, problems: [problems.tagsOfWhat()] };
  const [only = "", ...more] = others;
  const named = more.length === 0 && isImage(only) ? placeOfReference(only) : undefined;
  if (named !== undefined) {
    const access = readRegistryAccess(request.common, place.environment);
    return access.ok ? { root, places: [named], access: access.value } : { root, ...access };
  }
  const prepared = await prepare(request, place);
  if (!prepared.ok) return prepared;
  const places = registryPlaces(prepared.project, prepared.wanted);
  const access = accessOf(prepared.project.registries, request.common, place.environment);
  if (places.length > 0) return { root, places, access };
  return { root: prepared.root, problems: [problems.noImage(prepared.names.join(" "))] };
}

const isImage = (word: string): boolean => /^(localhost|[^/]*[.:][^/]*)\/./.test(word);

async function tagsAt(
  { host, repository }: RegistryPlace,
  access: RegistryAccess,
): Promise<readonly RegistryTag[]> {
  const client = openRegistry(host, access);
  const signal = new AbortController().signal;
  try {
    const at = { client, repository: repositoryAt(host, repository), signal };
    return (await readTags(at)) ?? [];
  } finally {
    client.close();
  }
}

const json = (name: string, tags: readonly RegistryTag[]): string =>
  JSON.stringify({ kind: "tags", repository: name, tags });

function table(name: string, tags: readonly RegistryTag[]): string[] {
  if (tags.length === 0) return [`${name}: no tags`];
  const width = Math.max(...tags.map(({ tag }) => tag.length));
  const rows = tags.map(({ tag, digest, created, size }) => {
    const date = created === undefined ? "-".padEnd(16) : created.slice(0, 16).replace("T", " ");
    const megabytes = size === undefined ? "-" : `${(size / 1e6).toFixed(1)} MB`;
    return `  ${tag.padEnd(width)}  ${digest.slice(0, 19)}  ${date}  ${megabytes.padStart(10)}`;
  });
  return [name, ...rows];
}
