/** What the images of a draft are called and need, with its parameters at their defaults. */
import path from "node:path";
import type { Location } from "../../model/diagnostic.ts";
import { type Dockerfile, imagesOf, parseDockerfile } from "../../rules/image/dockerfile.ts";
import { normaliseReference } from "../../rules/reference.ts";
import {
  type Draft,
  type DraftImage,
  type DraftTarget,
  defaultsOf,
  fillIn,
  type Text,
} from "../draft.ts";
import type { SourceFolder } from "../source-folder.ts";

/** One image, or one member of a matrix of them. */
export interface Member {
  readonly target: DraftTarget;
  readonly image: DraftImage;
  readonly values: ReadonlyMap<string, string>;
}

export function membersOf(draft: Draft): readonly Member[] {
  const defaults = defaultsOf(draft);
  return draft.targets.flatMap((target): Member[] => {
    const { image, matrix = {} } = target;
    if (image === undefined) return [];
    let all: readonly ReadonlyMap<string, string>[] = [defaults];
    for (const [axis, values] of Object.entries(matrix)) {
      all = all.flatMap((member) => values.map((value) => new Map([...member, [axis, value]])));
    }
    return all.map((values) => ({ target, image, values }));
  });
}

/** References that the member's image is called by, written the short way. */
export const namesOf = ({ image, values }: Member): readonly string[] =>
  writtenTags(image).map((tag) => normaliseReference(fillIn(tag, values)));

export const writtenTags = ({ tags, fallbackTag }: DraftImage): readonly Text[] =>
  tags.length > 0 || fallbackTag === undefined ? tags : [fallbackTag];

export interface NeededImage {
  /** The short way. */
  readonly reference: string;
  readonly at: Location;
}

/** Images that its Dockerfile builds on; nothing where that is not there. */
export function neededBy(member: Member, folder: SourceFolder): readonly NeededImage[] {
  const found = readDockerfile(member, folder);
  if (found === undefined) return [];
  const { image, values } = member;
  const args = Object.fromEntries(
    Object.entries(image.args).map(([name, text]) => [name, fillIn(text, values)]),
  );
  const stage = image.stage === undefined ? undefined : fillIn(image.stage, values);
  return imagesOf(found.dockerfile, args, stage).map((reference) => ({
    reference,
    at: found.file === undefined ? member.target.at : lineOf(found.text, found.file, reference),
  }));
}

interface ReadDockerfile {
  readonly dockerfile: Dockerfile;
  readonly text: string;
  /** Undefined for one that stands in the source itself. */
  readonly file?: string;
}

function readDockerfile(member: Member, folder: SourceFolder): ReadDockerfile | undefined {
  const { image, values } = member;
  if (image.dockerfile?.includes("\n")) {
    const text = fillIn(image.dockerfile, values);
    return { dockerfile: parseDockerfile(text), text };
  }
  const file = dockerfilePath(member);
  if (!folder.isFile(file)) return undefined;
  const { text } = folder.read(file);
  return { dockerfile: parseDockerfile(text), text, file };
}

/** Path of the Dockerfile from the folder. */
export const dockerfilePath = ({
  image: { context = ".", dockerfile = "Dockerfile" },
  values,
}: Member): string => path.posix.join(fillIn(context, values), fillIn(dockerfile, values));

/** The line that names the image, as far as it is written out. */
function lineOf(text: string, file: string, reference: string): Location {
  const name = reference.replace(/:latest$/, "");
  const at = text
    .split("\n")
    .findIndex((line) => /^\s*(FROM|COPY|RUN)\b/i.test(line) && line.includes(name));
  return { file, line: Math.max(0, at) + 1, column: 1 };
}
