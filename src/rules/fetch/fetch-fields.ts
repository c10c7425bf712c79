/** The keys of rule `fetch`, and what follows from them alone. */
import path from "node:path";
import type { Target } from "../../model/target.ts";
import { optional, required, type ValuesOf } from "../fields.ts";
import { ownOutput } from "../own-output.ts";
import { redactUrls } from "../problems.ts";

export const fetchFields = {
  fetch: required("string", "URL of the file: https, http or file"),
  sha256: optional("string", "Digest that the file must have"),
  unpack: optional("flag", "Unpack it as a tar"),
  match: optional("strings", "Patterns over the unpacked files: what counts"),
  to: optional("output", "Where the file is written, or with `unpack` the folder"),
};

export type FetchValues = ValuesOf<typeof fetchFields>;

/** Path of what is fetched, relative to the workspace; with `unpack` a folder. */
export function fetchedPlace(values: FetchValues, target: Target): string {
  const name = values.unpack === true ? "unpacked" : fileNameOf(values.fetch);
  return (values.to ?? ownOutput(target, name)).replace(/\/+$/, "");
}

/** Last part of the path, as the server calls the file. */
export function fileNameOf(url: string): string {
  const name = URL.canParse(url) ? path.posix.basename(new URL(url).pathname) : "";
  return name.replace(/[^\w.+~-]/g, "_").replace(/^\.*$/, "file");
}

/** For messages: no credentials, and no query, where those stand too. */
export const shownUrl = (url: string): string => redactUrls(url).replace(/\?.*$/, "?…");

/** 64 lower-case digits, however they were written. */
export const plainDigest = (digest: string): string =>
  digest
    .trim()
    .toLowerCase()
    .replace(/^sha256:/, "");
