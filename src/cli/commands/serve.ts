/** `tbuild serve`: builds each push to repositories, until it is told to stop. */
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Result } from "../../model/result.ts";
import { type Read, readConfigFile } from "../../server/config/config-file.ts";
import { serveHttp } from "../../server/http/serve-http.ts";
import { systemClock } from "../../server/records/clock.ts";
import { hashToken, makeToken } from "../../server/records/token.ts";
import { serve } from "../../server/serve.ts";
import type { Request } from "../request.ts";
import { showProblems } from "../show-problems.ts";
import type { Surroundings } from "../surroundings.ts";

/** Beside the bundle that this is a part of. */
const pageFolder = fileURLToPath(new URL("page", import.meta.url));
const starter = fileURLToPath(new URL("starter.js", import.meta.url));

type ServeRequest = Request & { readonly kind: "serve" };

/** @returns the exit code: 0 where it was told to stop */
export async function runServe(
  { common, serve: { config, check, token } }: ServeRequest,
  place: Surroundings,
): Promise<number> {
  if (token) return printToken(token, place);
  const { directory, log } = common;
  const file = path.resolve(directory, config);
  const read = readConfigFile(file, config);
  const show = (result: Result<unknown>) =>
    result.ok ? 0 : showProblems({ problems: result.problems, root: directory, log }, place);
  if (!read.ok) return show(read);
  if (check) {
    place.out.write(`${config}: in order, ${repositoriesOf(read.value)}\n`);
    return 0;
  }
  const tell = (line: string) => place.err.write(`${new Date().toISOString()} ${line}\n`);
  const served = await serve({
    config: { file, shown: config, read: read.value },
    program: [process.execPath, place.process.argv[1] ?? ""],
    environment: place.environment,
    starter,
    signal: place.signal,
    clock: systemClock,
    fetch,
    tell,
    http: (core, parts) => serveHttp(core, { ...parts, clock: systemClock, pageFolder, tell }),
  });
  return served.ok ? 0 : await show(served);
}

function printToken(
  { name, scope }: { readonly name: string; readonly scope: string },
  { out }: Surroundings,
): number {
  const token = makeToken();
  out.write(
    `${token}\n\nkeep it: it is shown once. Its line below \`tokens\` of the configuration:\n\n  - { name: ${name}, hash: "${hashToken(token)}", scopes: [${scope}] }\n`,
  );
  return 0;
}

function repositoriesOf({ config: { repositories } }: Read): string {
  const count = repositories.length;
  return count === 1 ? "1 repository" : `${count} repositories`;
}
