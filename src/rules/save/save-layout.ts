/** Saves the images of a `save` target into one OCI layout, where each blob lies once. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { packedContents } from "../../images/image-contents.ts";
import { type IndexEntry, type NamedImage, nameOf } from "../../images/image-index.ts";
import { blobPath } from "../../images/write-archive.ts";
import { writeLayout } from "../../images/write-layout.ts";
import type { Digest, ImageArtifact } from "../../model/artifact.ts";
import type { Descriptor } from "../../model/image-content.ts";
import { counted } from "../problems.ts";
import { tagsOnly } from "../reference.ts";
import type { ActContext, ActOutcome } from "../rule.ts";
import { trafficWords } from "../traffic-words.ts";
import { artifactsIn } from "./save-archive.ts";
import { layerCompression, manifestName, type SaveValues } from "./save-fields.ts";
import { imagesJson, savedContent } from "./save-manifest.ts";
import type { SavedImage } from "./saved-record.ts";

export async function saveLayout(
  values: SaveValues,
  images: readonly ImageArtifact[],
  context: ActContext,
): Promise<ActOutcome> {
  const { blobs, signal, progress, files, target } = context;
  const folder = values.to;
  const parts = { docker: await context.docker(), blobs, signal, progress };
  const ids = images.map(({ digest }) => digest);
  const { contents, forms } = await packedContents(ids, layerCompression(values), parts);
  const named = contents.map((content, index) => ({
    content,
    references: tagsOnly(images[index]?.references ?? []),
  }));
  const written = await writeLayout(named, {
    folder,
    forms,
    owner: context.workspaceId,
    isRight: (file, digest) => files.kindOf(file) === "file" && files.digestFile(file) === digest,
    about: {
      name: manifestName,
      of: (entries) => imagesJson(describe(entries, named, folder)),
    },
    command: `tbuild ${target.name}`,
    onWait: (command) => progress.output(`waiting for \`${command}\`, which writes to this folder`),
    signal,
  });
  const own = [manifestName, "oci-layout", "index.json"].map((name) => path.join(folder, name));
  const artifacts = artifactsIn([...written.blobs, ...own], context);
  const { added, traffic } = written;
  const what = `${counted(images.length, "image")}, ${counted(added, "new blob")}`;
  const note = `${what}: ${trafficWords(traffic, "written")}`;
  return { kind: "made", artifacts, note, traffic };
}

/** All that lie in the layout, those of others too. */
function describe(
  entries: readonly IndexEntry[],
  named: readonly NamedImage[],
  folder: string,
): readonly SavedImage[] {
  const own = new Map(named.map((image) => [image.content.manifest.digest, image.content]));
  const references = new Map<Digest, string[]>();
  for (const entry of entries) {
    const names = references.get(entry.digest) ?? [];
    references.set(entry.digest, [...names, nameOf(entry) ?? []].flat());
  }
  const manifests = new Map(entries.map((entry) => [entry.digest, entry]));
  return [...manifests].flatMap(([digest, entry]) => {
    const content = own.get(digest) ?? readContent(entry, folder);
    return content ? [savedContent({ content, references: references.get(digest) ?? [] })] : [];
  });
}

/** An image of another writer; one that is not as tbuild knows them is left out. */
function readContent(entry: Descriptor, folder: string): NamedImage["content"] | undefined {
  try {
    const bytes = readFileSync(path.join(folder, blobPath(entry.digest)));
    const { config, layers } = JSON.parse(bytes.toString("utf8"));
    return config && layers && { id: config.digest, manifest: { ...entry, bytes }, config, layers };
  } catch {
    return undefined;
  }
}
