/** `tbuild tag IMAGE TAG…`: further tags for an image of a registry; nothing but tags is written. */
import { imageInRegistry, isTag, type RegistryImage } from "../../engine/registry-places.ts";
import { commonOptions } from "../../model/command-line.ts";
import { type Diagnostic, DiagnosticError } from "../../model/diagnostic.ts";
import type { RegistryAccess } from "../../model/registries.ts";
import { fail, ok, type Result } from "../../model/result.ts";
import { repositoryAt } from "../../registry/endpoint.ts";
import { openRegistry } from "../../registry/open-registry.ts";
import { type SetTag, setTags } from "../../registry/set-tags.ts";
import type { TargetRequest } from "../prepare.ts";
import { readWords, unknownOptions } from "../read-words.ts";
import { readRegistryAccess } from "../registry-access.ts";
import type { CommonRequest } from "../request.ts";
import { showProblems } from "../show-problems.ts";
import type { Surroundings } from "../surroundings.ts";
import * as problems from "../usage-problems.ts";

/** @returns the exit code */
export async function runTag(
  { common, argv }: TargetRequest,
  place: Surroundings,
): Promise<number> {
  const { log } = common;
  const show = (found: readonly Diagnostic[]) =>
    showProblems({ problems: found, root: place.cwd, log }, place);
  const order = readOrder(argv);
  if (!order.ok) return show(order.problems);
  const access = readRegistryAccess(common, place.environment);
  if (!access.ok) return show(access.problems);
  try {
    const missing = await carryOut(order.value, common, access.value, place);
    return missing === undefined ? 0 : await show([missing]);
  } catch (error) {
    if (place.signal.aborted) return 130;
    if (!(error instanceof DiagnosticError)) throw error;
    return await show([error.diagnostic]);
  }
}

interface Order {
  readonly image: RegistryImage;
  readonly tags: readonly string[];
}

function readOrder(argv: readonly string[]): Result<Order> {
  const words = readWords(argv, commonOptions);
  const [word, ...tags] = words.others;
  const image = word === undefined ? undefined : imageInRegistry(word);
  const found = [
    ...words.problems,
    ...unknownOptions(words.unknown, commonOptions),
    ...(word !== undefined && image === undefined ? [problems.noReference(word)] : []),
    ...(tags.length === 0 ? [problems.tagWithWhat()] : []),
    ...tags.filter((tag) => !isTag(tag)).map(problems.noTag),
  ];
  return image === undefined || found.length > 0 ? fail(...found) : ok({ image, tags });
}

/** @returns what is wrong when there is no such image */
async function carryOut(
  { image, tags }: Order,
  common: CommonRequest,
  access: RegistryAccess,
  { signal, out }: Surroundings,
): Promise<Diagnostic | undefined> {
  const { host, repository, from } = image;
  const client = openRegistry(host, access);
  const name = `${host}/${repository}`;
  const onTag = (set: SetTag, digest: string) => {
    if (!common.quiet) out.write(`${lineOf(set, { name, digest }, common)}\n`);
  };
  try {
    const at = { client, repository: repositoryAt(host, repository), signal };
    const manifest = await setTags(at, { from, tags, dryRun: common.dryRun, onTag });
    return manifest === undefined ? problems.noSuchImage(name, from) : undefined;
  } finally {
    client.close();
  }
}

function lineOf(
  { tag, before }: SetTag,
  { name, digest }: { readonly name: string; readonly digest: string },
  { log, dryRun }: CommonRequest,
): string {
  const reference = `${name}:${tag}`;
  if (log === "json") {
    return JSON.stringify({ kind: "tag", reference, before: before ?? null, digest, dryRun });
  }
  if (before === digest) return `${reference} names ${digest} already`;
  const was = before === undefined ? "was not there" : `named ${before}`;
  return `${reference} ${was}, ${dryRun ? "would name" : "now names"} ${digest}`;
}
