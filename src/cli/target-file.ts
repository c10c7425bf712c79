/** Which target file a command line means. Reads nothing of it. */
import path from "node:path";
import { findTargetFile } from "../config/find-target-file.ts";
import type { CommonRequest } from "./request.ts";

/** Absolute path of the file that was named, or of the nearest one; undefined where there is none. */
export function targetFileOf({
  directory,
  file,
}: Pick<CommonRequest, "directory" | "file">): string | undefined {
  return file === undefined ? findTargetFile(directory) : path.resolve(directory, file);
}
