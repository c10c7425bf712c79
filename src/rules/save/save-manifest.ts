/** What was saved, as JSON for programs: images, names, digests, sizes, files. */
import type { NamedImage } from "../../images/image-index.ts";
import type { ImageArtifact } from "../../model/artifact.ts";
import type { StoredBlob } from "../../store/blob-store.ts";
import { tagsOnly } from "../reference.ts";
import type { SavedArchive, SavedImage } from "./saved-record.ts";

/** As it is in an archive or a layout. */
export function savedContent({ content, references }: NamedImage): SavedImage {
  const plain = ({ digest, size }: StoredBlob): StoredBlob => ({ digest, size });
  const manifest = plain(content.manifest);
  const config = plain(content.config);
  const layers = content.layers.map(plain);
  const size = [manifest, config, ...layers].reduce((sum, blob) => sum + blob.size, 0);
  return { id: content.id, references, manifest, config, layers, size };
}

/** As it is asked for. */
export const savedImage = (image: ImageArtifact): Pick<SavedImage, "id" | "references"> => ({
  id: image.digest,
  references: tagsOnly(image.references),
});

/** One row an image, with the archive that it lies in. */
export function manifestJson(archives: readonly SavedArchive[]): string {
  const rows = archives.flatMap(({ name, sha256, size, images }) =>
    images.map((image) => ({ ...image, file: { name, sha256, size } })),
  );
  return imagesJson(rows);
}

export const imagesJson = (images: readonly SavedImage[]): string =>
  `${JSON.stringify({ version: 1, images }, null, 2)}\n`;
