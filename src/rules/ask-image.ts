/** Asks registries for the digest that a name of an image stands for; mirrors first, as for pulls. */
import { DiagnosticError } from "../model/diagnostic.ts";
import { repositoryAt } from "../registry/endpoint.ts";
import { manifestDigest } from "../registry/manifests.ts";
import { mirroredNames, openRegistry } from "../registry/open-registry.ts";
import type { Answer, Asker } from "./asker.ts";
import type { AskedImage } from "./pinned-image.ts";
import { parseReference, type Reference } from "./reference.ts";

/** @throws DiagnosticError where the registry itself cannot be asked */
export async function askImage({ reference }: AskedImage, asker: Asker): Promise<Answer> {
  const { host = "docker.io", repository, tag } = parseReference(reference) as Reference;
  const own = { host, repository: repositoryAt(host, repository) };
  const mirrors = mirroredNames(host, own.repository, asker.access.registries).flatMap((name) => {
    const parsed = parseReference(name);
    return parsed ? [{ host: parsed.host ?? "docker.io", repository: parsed.repository }] : [];
  });
  for (const mirror of mirrors) {
    const value = await digestAt(mirror, tag, asker).catch(passOver);
    if (value !== undefined) return { kind: "is", value };
  }
  const value = await digestAt(own, tag, asker);
  if (value !== undefined) return { kind: "is", value };
  return { kind: "not-told", problem: noSuchImage(reference) };
}

interface Place {
  readonly host: string;
  readonly repository: string;
}

async function digestAt(
  { host, repository }: Place,
  tag = "latest",
  { access, signal }: Asker,
): Promise<string | undefined> {
  const client = openRegistry(host, access);
  try {
    return await manifestDigest({ client, repository, signal }, tag);
  } finally {
    client.close();
  }
}

function passOver(error: unknown): undefined {
  if (!(error instanceof DiagnosticError)) throw error;
}

const noSuchImage = (reference: string) => ({
  code: "no-such-image",
  blame: "surroundings" as const,
  message: `its registry has no \`${reference}\``,
  hint: "an image that only an engine has cannot be locked: push it, or let a target make it",
});
