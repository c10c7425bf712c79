/** Joins the HTTP side to the server: what the configuration says as settings, the audit log in the data folder. */
import { type Diagnostic, DiagnosticError } from "../../model/diagnostic.ts";
import type { ServerCore } from "../core.ts";
import { AuditFile } from "../records/audit-file.ts";
import type { ServerConfig } from "../records/config.ts";
import type { DataFolder } from "../records/data-folder.ts";
import type { DeliveryLog } from "../records/delivery.ts";
import { createHttpServer } from "./http-server.ts";
import type { HookSettings, HttpClock, HttpSettings } from "./options.ts";

export interface ServeHttpParts {
  readonly config: () => ServerConfig;
  /** The secret of a repository's webhook, read anew. */
  readonly hookSecret: (repository: string) => string | undefined;
  readonly deliveries: DeliveryLog;
  readonly folder: DataFolder;
  readonly clock: HttpClock;
  /** Absolute. */
  readonly pageFolder: string;
  /** A line for whoever runs the server. */
  readonly tell: (line: string) => void;
}

/** Milliseconds for answers under way when the server stops. */
const grace = 5_000;

/** @throws DiagnosticError when it cannot listen */
export async function serveHttp(
  core: ServerCore,
  parts: ServeHttpParts,
): Promise<{ readonly address: string; close(): Promise<void> }> {
  const { deliveries, clock, pageFolder, tell } = parts;
  const { listen } = parts.config();
  const server = createHttpServer(core, {
    ...{ deliveries, clock, pageFolder },
    settings: () => settingsOf(parts, listen),
    audit: new AuditFile(parts.folder.audit, (error) =>
      tell(`cannot write the audit log: ${(error as Error).message}`),
    ),
    onBug: (error, request) =>
      tell(`request ${request}: ${error instanceof Error ? error.stack : String(error)}`),
  });
  try {
    const { host, port } = await server.listen();
    const shown = host.includes(":") ? `[${host}]` : host;
    return { address: `http://${shown}:${port}`, close: () => server.close(grace) };
  } catch (error) {
    throw new DiagnosticError(cannotListen(listen, error as NodeJS.ErrnoException), {
      cause: error,
    });
  }
}

/** @param listen where it does listen, whatever was written since: a change of that needs a restart */
function settingsOf(
  { config, hookSecret }: ServeHttpParts,
  listen: HttpSettings["listen"],
): HttpSettings {
  const { url, read, tokens, proxies, repositories } = config();
  return {
    ...{ listen, read, tokens },
    ...(url !== undefined && { url }),
    ...(proxies && { proxies }),
    hookOf: (name) => hookOf(name, repositories, hookSecret),
  };
}

/** A secret that is not to be had proves nobody. */
function hookOf(
  name: string,
  repositories: ServerConfig["repositories"],
  hookSecret: ServeHttpParts["hookSecret"],
): HookSettings | undefined {
  const hook = repositories.find((each) => each.name === name)?.webhook;
  const secret = hook && hookSecret(name);
  return hook === undefined || !secret ? undefined : { kind: hook.kind, secret };
}

function cannotListen(
  { host, port }: HttpSettings["listen"],
  { code, message }: NodeJS.ErrnoException,
): Diagnostic {
  const why = code === "EADDRINUSE" ? "another program listens there" : message;
  return {
    code: "cannot-listen",
    blame: "surroundings",
    message: `cannot listen on \`${host}:${port}\`: ${why}`,
    hint: "give another address as `listen`",
  };
}
