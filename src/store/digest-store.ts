/** Keeps remembered file digests between runs. Losing them costs reading the files again. */
import type { RememberedDigest } from "../files/digests.ts";
import type { Signature } from "../files/looks.ts";
import type { Digest } from "../model/artifact.ts";
import { DamagedFile, PackedFile, writePacked } from "./packed-file.ts";

const signatureLength = 5;
const digestLength = 32;

/** @param file absolute path; one that does not exist, or is damaged, is empty */
export function loadDigests(file: string): Map<string, RememberedDigest> {
  const packed = PackedFile.open(file);
  if (packed === undefined) return new Map();
  try {
    return read(packed);
  } catch (error) {
    if (error instanceof DamagedFile) return new Map();
    throw error;
  } finally {
    packed.close();
  }
}

function read(packed: PackedFile): Map<string, RememberedDigest> {
  const paths = packed.strings("paths");
  const signatures = packed.floats("signatures");
  const digests = Buffer.from(packed.bytes("digests").buffer).toString("hex");
  const remembered = new Map<string, RememberedDigest>();
  for (const [index, path] of paths.entries()) {
    const from = index * signatureLength;
    const hex = digests.slice(index * digestLength * 2, (index + 1) * digestLength * 2);
    remembered.set(path, {
      signature: [...signatures.subarray(from, from + signatureLength)] as unknown as Signature,
      digest: `sha256:${hex}`,
    });
  }
  return remembered;
}

/** @throws the system's error when the file cannot be written; what it held before still stands */
export function saveDigests(file: string, remembered: ReadonlyMap<string, RememberedDigest>): void {
  const signatures = new Float64Array(remembered.size * signatureLength);
  const digests = Buffer.alloc(remembered.size * digestLength);
  let row = 0;
  for (const { signature, digest } of remembered.values()) {
    signatures.set(signature, row * signatureLength);
    digests.write(hexOf(digest), row * digestLength, "hex");
    row++;
  }
  writePacked(file, "digests", { paths: [...remembered.keys()], signatures, digests });
}

const hexOf = (digest: Digest): string => digest.slice("sha256:".length);
