/** Reads blobs that are to be sent, and sees that they are what their digests say. Sends nothing. */
import { createHash } from "node:crypto";
import { type Readable, Transform } from "node:stream";
import type { Digest } from "../model/artifact.ts";
import { DiagnosticError } from "../model/diagnostic.ts";
import type { BlobSource, Descriptor } from "../model/image-content.ts";
import { SourceError } from "./exchange.ts";

/**
 * The whole of a blob.
 * @throws SourceError
 */
export async function readAll(source: BlobSource, blob: Descriptor): Promise<Buffer> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of checked(source.open(blob.digest), blob)) chunks.push(chunk as Buffer);
  } catch (error) {
    throw new SourceError((error as Error).message, { cause: error });
  }
  return Buffer.concat(chunks);
}

/** Bytes that are not what their digest says are never sent to the end. */
export function checked(source: Readable, { digest }: Descriptor): Readable {
  const hash = createHash("sha256");
  const check = new Transform({
    transform(chunk: Buffer, _, next) {
      hash.update(chunk);
      next(null, chunk);
    },
    flush(next) {
      const found = `sha256:${hash.digest("hex")}`;
      next(found === digest ? null : new Error(`its digest is \`${found}\``));
    },
  });
  source.once("error", (error) => check.destroy(error));
  check.once("close", () => source.destroy());
  return source.pipe(check);
}

/** What is told of a blob that cannot be read. */
export function unreadable(digest: Digest, { message, cause }: SourceError): DiagnosticError {
  return new DiagnosticError(
    {
      code: "blob-unreadable",
      blame: "surroundings",
      message: `cannot read \`${digest}\`: ${message}`,
      hint: "make the image again with `--force`",
    },
    { cause },
  );
}
