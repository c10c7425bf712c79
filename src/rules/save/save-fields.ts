/** The keys of rule `save`, and what follows from them alone. */
import type { Compression } from "../../store/compress.ts";
import { optional, required, type ValuesOf } from "../fields.ts";

export const saveFields = {
  save: required("targets", "Targets whose images are saved"),
  to: required(
    "destination",
    "Folder, one archive of all (.tar, .tar.gz, .tar.zst), or - for standard output",
  ),
  format: optional("choice", "What is written; docker-archive if not given", {
    choices: ["docker-archive", "oci"],
  }),
  compress: optional("choice", "Compression of archives, or of the layers of an OCI layout", {
    choices: ["none", "gzip", "zstd"],
  }),
};

export type SaveValues = ValuesOf<typeof saveFields>;

/** Name of the file that holds the digests of the archives beside it. */
export const checksums = "SHA256SUMS";
/** Name of the file that tells what was saved. */
export const manifestName = "images.json";

export type SavePlace =
  | { readonly kind: "folder"; readonly folder: string }
  | { readonly kind: "file"; readonly file: string; readonly compression: Compression }
  | { readonly kind: "pipe" };

/** A name that ends as those of archives do is one of a file. */
export function placeOf(to: string): SavePlace {
  if (to === "-") return { kind: "pipe" };
  const compression = compressionIn(to);
  return compression ? { kind: "file", file: to, compression } : { kind: "folder", folder: to };
}

export const isLayout = ({ format }: Pick<SaveValues, "format">): boolean => format === "oci";

/** Of the whole archive; an OCI layout in an archive has it inside. */
export function archiveCompression(values: SaveValues): Compression {
  const place = placeOf(values.to);
  if (isLayout(values)) return "none";
  return place.kind === "file" ? place.compression : asCompression(values.compress, "none");
}

/** Of layers that are blobs of a layout. */
export const layerCompression = (values: SaveValues): Compression =>
  asCompression(values.compress, "gzip");

const asCompression = (text: string | undefined, otherwise: Compression): Compression =>
  text === "none" || text === "gzip" || text === "zstd" ? text : otherwise;

function compressionIn(name: string): Compression | undefined {
  if (name.endsWith(".tar")) return "none";
  if (/\.(tar\.gz|tgz)$/.test(name)) return "gzip";
  return name.endsWith(".tar.zst") ? "zstd" : undefined;
}
