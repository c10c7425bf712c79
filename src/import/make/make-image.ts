/** One `docker build` of a Makefile as an image of the draft. */
import type { Location } from "../../model/diagnostic.ts";
import { readBuildSecret } from "../build-secrets.ts";
import {
  type DraftImage,
  type DraftParameter,
  type Loss,
  type NamedContext,
  noImage,
} from "../draft.ts";
import { reasonFor, unknownKey } from "../reasons.ts";
import type { DockerCommand } from "./docker-line.ts";

type BuildCommand = Extract<DockerCommand, { readonly kind: "build" }>;

interface MadeImage {
  readonly image: DraftImage;
  readonly parameters: readonly DraftParameter[];
  readonly losses: readonly Loss[];
}

const known: ReadonlySet<string> = new Set([
  ...["tag", "file", "build-arg", "label", "target", "network", "secret", "build-context"],
  // They change what is seen of the build, and not the image.
  ...["rm", "force-rm", "quiet", "progress", "load", "compress"],
]);

export function makeImage({ options, context }: BuildCommand, at: Location): MadeImage {
  const losses: Loss[] = [];
  const lose = (subject: string, why: string) => losses.push({ at, subject, why });
  const all = (name: string) => options.get(name) ?? [];
  const last = (name: string) => all(name).at(-1);
  const [dockerfile, stage, network] = [last("file"), last("target"), last("network")];
  const secrets = all("secret").flatMap((text) => readBuildSecret(text, at) ?? []);
  for (const { losses: more } of secrets) losses.push(...more);
  for (const name of options.keys()) {
    if (!known.has(name)) lose(`\`--${name}\``, reasonFor(name) ?? unknownKey);
  }
  const image: DraftImage = {
    ...noImage,
    context,
    ...(dockerfile !== undefined && dockerfile !== "Dockerfile" && { dockerfile }),
    ...(stage !== undefined && { stage }),
    ...(network !== undefined && ["default", "host", "none"].includes(network) && { network }),
    args: pairs(all("build-arg"), (name) =>
      lose(
        `build argument \`${name}\``,
        "it has no value here; declare a parameter with `env` for it",
      ),
    ),
    labels: pairs(all("label"), () => {}),
    tags: [...new Set(all("tag"))],
    secrets: Object.fromEntries(secrets.map(({ id, parameter }) => [id, `\${${parameter.name}}`])),
    contexts: Object.fromEntries(
      all("build-context").flatMap((text) => {
        const equals = text.indexOf("=");
        const found = contextOf(text.slice(equals + 1));
        if (found === undefined)
          lose(`context \`${text}\``, "it is nothing that tbuild can lay into a build");
        return found === undefined ? [] : [[text.slice(0, equals), found] as const];
      }),
    ),
  };
  return { image, losses, parameters: secrets.map(({ parameter }) => parameter) };
}

function pairs(
  texts: readonly string[],
  lose: (name: string) => void,
): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const text of texts) {
    const equals = text.indexOf("=");
    if (equals < 0) lose(text);
    else found[text.slice(0, equals)] = text.slice(equals + 1);
  }
  return found;
}

function contextOf(text: string): NamedContext | undefined {
  if (text.startsWith("docker-image://"))
    return { kind: "image", reference: text.slice("docker-image://".length) };
  return /:\/\/|^oci-layout:/.test(text) ? undefined : { kind: "folder", folder: text };
}
