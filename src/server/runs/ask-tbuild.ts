/** Asks a tbuild in a work folder for something that it tells as JSON. What is asked is known to the caller. */
import { runChild } from "./child.ts";

export type AskTbuild = Pick<
  Parameters<typeof runChild>[0],
  "folder" | "environment" | "signal" | "clock" | "start"
>;

/** @returns undefined where it fails: a build of the same targets tells why */
export async function askTbuild(argv: readonly string[], request: AskTbuild): Promise<unknown> {
  const lines: string[] = [];
  const end = await runChild({
    ...request,
    argv,
    onLines: async (more) => void lines.push(...more),
    onSaid: async () => {},
  });
  if (end.kind !== "exited" || end.code !== 0) return undefined;
  try {
    return JSON.parse(lines.join("\n"));
  } catch {
    return undefined;
  }
}
