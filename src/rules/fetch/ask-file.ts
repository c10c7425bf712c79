/** Asks for the digest of what lies under a URL: all of it is read for that, and nothing kept. */
import { devNull } from "node:os";
import type { Answer, Asker } from "../asker.ts";
import { download } from "./download.ts";
import { notFetched } from "./fetch-problems.ts";

export async function askFile(url: string, { environment, signal }: Asker): Promise<Answer> {
  const result = await download(url, devNull, {
    environment,
    signal,
    onProgress: () => undefined,
  });
  if (result.kind === "done") return { kind: "is", value: `sha256:${result.sha256}` };
  return { kind: "not-told", problem: notFetched(url, result).problem };
}
