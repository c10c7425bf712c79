/** Packs the files of an `archive` target. Order, owners, times and modes do not depend on the machine. */
import path from "node:path";
import { Transform } from "node:stream";
import { createGzip } from "node:zlib";
import { packFiles } from "../../docker/pack-context.ts";
import type { Artifact } from "../../model/artifact.ts";
import { joinLaid, layOutputs, mergeLaid } from "../lay-outputs.ts";
import { artifactOf, placeOutput } from "../output-files.ts";
import { counted, usageError } from "../problems.ts";
import { type ActContext, type ActOutcome, packed } from "../rule.ts";
import { writeStream } from "../write-stream.ts";
import type { ArchiveValues } from "./archive-fields.ts";

/** Files of the workspace keep their paths; of a folder that a target made, what is in it is packed. */
export async function packArchive(values: ArchiveValues, context: ActContext): Promise<ActOutcome> {
  const laid = values.archive.flatMap((spec) =>
    "targets" in spec ? layOutputs(context, "archive", spec.targets, spec.as ?? "") : [],
  );
  const own = context.inputs.map(({ name, path: source }) => packed(name, source));
  const files = mergeLaid(context, "archive", [...own, ...laid]).map(({ name, source }) =>
    packed(joinLaid(values.prefix ?? "", name), source),
  );
  if (files.length === 0) throw nothingToPack(context);
  const file = path.join(await context.temporaryFolder(), "archive");
  await writeStream([packFiles(files), createGzip(), portableHeader()], file, context.signal);
  placeOutput(context, file, values.to);
  const artifact = artifactOf(context.files, { kind: "file", path: values.to }) as Artifact;
  return { kind: "made", artifacts: [artifact], note: counted(files.length, "file") };
}

/** The tenth byte of a gzip file names the operating system: here it is unknown, and the same everywhere. */
function portableHeader(): Transform {
  let at = 0;
  return new Transform({
    transform(chunk: Buffer, _, next) {
      if (at <= 9 && at + chunk.length > 9) chunk[9 - at] = 255;
      at += chunk.length;
      next(null, chunk);
    },
  });
}

const nothingToPack = ({ target }: ActContext) =>
  usageError(target, "archive", {
    code: "nothing-to-pack",
    message: "there is no file to pack",
  });
