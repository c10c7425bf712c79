/** Makes of what a format read the draft that is written: names, edges, parameters and a default, all as a person would. */

import type { FoundDockerfile } from "../dockerfiles/find-dockerfiles.ts";
import type { Draft, DraftTarget, Loss, Text } from "../draft.ts";
import { projectName } from "../names.ts";
import type { SourceFolder } from "../source-folder.ts";
import { connect } from "./connect.ts";
import { foldTree } from "./fold-tree.ts";
import { dockerfilePath, membersOf, writtenTags } from "./image-references.ts";
import { mergeSame } from "./merge-same.ts";
import { resolveContexts } from "./named-contexts.ts";
import { shareTags } from "./share-tags.ts";

export interface FinishOptions {
  readonly folder: SourceFolder;
  /** All Dockerfiles of the tree. */
  readonly dockerfiles: readonly FoundDockerfile[];
  readonly folderName: string;
}

export function finish(read: Draft, { folder, dockerfiles, folderName }: FinishOptions): Draft {
  const name = projectName(read.name ?? folderName);
  const { draft, needed } = connect(resolveContexts(read), dockerfiles, folder);
  const tagged = withTags(draft, name);
  const told = tellFiles(mergeSame(tagged), dockerfiles, folder);
  const folded = foldTree(told, needed);
  const shared = shareTags(folded, needed);
  return withUsedParameters(withDefault({ ...shared, name }));
}

/** Whoever has no name yet gets that of its tool, or one below the project's. */
function withTags(draft: Draft, name: string): Draft {
  const isTree = draft.targets.every(
    ({ image }) => image !== undefined && image.fallbackTag === undefined,
  );
  const isUnnamed = draft.targets.every(
    ({ notes, image }) => image?.tags.length === 0 || notes !== undefined,
  );
  const own = (target: DraftTarget): readonly Text[] =>
    isTree && isUnnamed && draft.parameters.length === 0
      ? [`${name}/${target.name.toLowerCase()}:\${version}`]
      : [];
  const targets = draft.targets.map((target): DraftTarget => {
    if (target.image === undefined) return target;
    const tags = writtenTags(target.image);
    return { ...target, image: { ...target.image, tags: tags.length > 0 ? tags : own(target) } };
  });
  const version = { name: "version", default: "latest", help: "Tag of the images" };
  const isUsed = targets.some(({ image }) =>
    image?.tags.some((tag) => tag.endsWith(":${version}")),
  );
  const isKnown = draft.parameters.some((parameter) => parameter.name === "version");
  return {
    ...draft,
    targets,
    parameters: isUsed && !isKnown ? [version, ...draft.parameters] : draft.parameters,
  };
}

/** Dockerfiles that are not there, and those that nobody builds. */
function tellFiles(
  draft: Draft,
  dockerfiles: readonly FoundDockerfile[],
  folder: SourceFolder,
): Draft {
  const used = new Set<string>();
  const missing = new Map<string, Loss>();
  for (const member of membersOf(draft)) {
    if (member.image.dockerfile?.includes("\n")) continue;
    const file = dockerfilePath(member);
    used.add(file);
    if (folder.isFile(file)) continue;
    const { name, at } = member.target;
    missing.set(name, {
      at,
      subject: `\`${file}\``,
      verb: "is missing",
      why: "the image cannot be built without it",
    });
  }
  const unused = dockerfiles
    .filter(({ file }) => !used.has(file))
    .map(({ file }) => ({
      at: { file, line: 1, column: 1 },
      subject: "the Dockerfile",
      verb: "is not built",
      why: "nothing that was read names it",
    }));
  const targets = draft.targets.map((target) => {
    const loss = missing.get(target.name);
    return loss === undefined ? target : { ...target, losses: [...target.losses, loss] };
  });
  return { ...draft, targets, losses: [...draft.losses, ...unused] };
}

/** As many as one looks over; a default of more is a group. */
const fewTargets = 3;

function withDefault(draft: Draft): Draft {
  if (draft.default.length > 0) return draft;
  const images = draft.targets.filter(({ image }) => image).map(({ name }) => name);
  const hasAll = draft.targets.some(({ name }) => name === "all");
  if (hasAll || images.length <= fewTargets)
    return { ...draft, default: hasAll ? ["all"] : images };
  const [first] = draft.targets;
  if (first === undefined) return draft;
  const all: DraftTarget = {
    name: "all",
    at: first.at,
    losses: [],
    help: "All images",
    keys: { needs: images },
  };
  return { ...draft, default: ["all"], targets: [all, ...draft.targets] };
}

/** Those that some text names; a default that nobody can reach would be a riddle. */
function withUsedParameters(draft: Draft): Draft {
  const used = new Set<string>();
  const isUsed = (name: string): boolean => used.has(name);
  for (const target of draft.targets) {
    const { image, keys } = target;
    for (const [, name] of JSON.stringify({ image, keys })
      .replaceAll("$${", "")
      .matchAll(/\$\{([^}]*)\}/g)) {
      if (name !== undefined) used.add(name);
    }
  }
  const byName = new Map(
    draft.parameters.filter(({ name }) => isUsed(name)).map((each) => [each.name, each]),
  );
  return { ...draft, parameters: [...byName.values()] };
}
