/** Finds and loads the target file that a request means. */
import { statSync } from "node:fs";
import path from "node:path";
import type { Declaration } from "../config/declaration.ts";
import { loadTargetFile, type TriedFiles } from "../config/read/load-target-file.ts";
import { fail, type Result } from "../model/result.ts";
import type { CommonRequest } from "./request.ts";
import { targetFileOf } from "./target-file.ts";
import * as problems from "./usage-problems.ts";

export interface Loaded {
  /** Folder that places in problems are relative to. */
  readonly root: string;
  readonly declaration: Result<Declaration>;
  /** The target files that were read, or could not be. */
  readonly tried: TriedFiles;
}

export function loadDeclaration(request: CommonRequest): Loaded {
  const { directory } = request;
  const tried: TriedFiles = new Map();
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) {
    return { root: directory, declaration: fail(problems.noFolder(directory)), tried };
  }
  const found = targetFileOf(request);
  if (found === undefined) {
    return { root: directory, declaration: fail(problems.noTargetFile(directory)), tried };
  }
  const declaration = loadTargetFile(found, directory, undefined, tried);
  return { root: path.dirname(found), declaration, tried };
}
