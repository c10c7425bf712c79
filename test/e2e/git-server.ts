/**
 * Serves git repositories over HTTP by git's own `http-backend`, as a host of repositories would: also only to
 * who has a login, files of Git LFS, and with answers that a test holds back.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface LocalServer {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  /** Methods and paths that were asked for, in their order. */
  readonly asked: string[];
  /** Holds the next fetch back for good; resolves when it is asked for. */
  holdFetch(): Promise<void>;
  stop(): Promise<void>;
}

export interface ServerOptions {
  /** `user:password`; anybody without it. */
  readonly login?: string;
  /** Contents of Git LFS by their names. */
  readonly large?: ReadonlyMap<string, Buffer>;
  /** Where it listens, if not on loopback alone. */
  readonly host?: string;
}

/** @param folder that the repositories lie in */
export async function startGitServer(
  folder: string,
  { login, large = new Map(), host = "127.0.0.1" }: ServerOptions = {},
): Promise<LocalServer> {
  const asked: string[] = [];
  let onFetch: (() => void) | undefined;
  const server = createServer(async (request, response) => {
    const { pathname, search } = new URL(request.url ?? "/", "http://localhost");
    const needed = login && `Basic ${Buffer.from(login).toString("base64")}`;
    if (needed && request.headers.authorization !== needed) {
      response.writeHead(401, { "WWW-Authenticate": 'Basic realm="git"' }).end();
      return;
    }
    asked.push(`${request.method} ${pathname}${search}`);
    const body = await bodyOf(request);
    if (pathname.includes("/lfs/")) return answerLarge(pathname, body, large, response);
    if (onFetch && body.includes("command=fetch")) return onFetch();
    const backend = spawn("git", ["http-backend"], {
      stdio: ["pipe", "pipe", "ignore"],
      env: {
        PATH: process.env["PATH"],
        GIT_PROJECT_ROOT: folder,
        GIT_HTTP_EXPORT_ALL: "1",
        PATH_INFO: pathname,
        QUERY_STRING: search.slice(1),
        REQUEST_METHOD: request.method,
        CONTENT_TYPE: request.headers["content-type"],
        HTTP_CONTENT_ENCODING: request.headers["content-encoding"],
        GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
        // The repositories are the test's own, whoever runs it.
        GIT_CONFIG_COUNT: "1",
        GIT_CONFIG_KEY_0: "safe.directory",
        GIT_CONFIG_VALUE_0: "*",
      },
    });
    // A backend that answers before it has read all is right.
    backend.stdin.on("error", () => undefined);
    backend.stdin.end(body);
    const answer: Buffer[] = [];
    backend.stdout.on("data", (chunk: Buffer) => answer.push(chunk));
    backend.stdout.once("end", () => {
      const all = Buffer.concat(answer);
      const end = all.indexOf("\r\n\r\n");
      for (const line of all.subarray(0, end).toString().split("\r\n")) {
        const [name = "", value = ""] = line.split(": ");
        if (name === "Status") response.statusCode = Number.parseInt(value, 10);
        else response.setHeader(name, value);
      }
      response.end(all.subarray(end + 4));
    });
  });
  server.listen(0, host);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const stop = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  const holdFetch = () =>
    new Promise<void>((resolve) => {
      onFetch = () => {
        // The ones after it are answered.
        onFetch = undefined;
        resolve();
      };
    });
  return { url: `http://${host}:${port}`, asked, holdFetch, stop };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The two requests of a download: where the contents are, and each of them. */
function answerLarge(
  pathname: string,
  body: Buffer,
  large: ReadonlyMap<string, Buffer>,
  response: ServerResponse,
): void {
  if (!pathname.endsWith("/objects/batch")) {
    response.end(large.get(pathname.split("/").at(-1) ?? ""));
    return;
  }
  const { objects } = JSON.parse(body.toString()) as { objects: { oid: string; size: number }[] };
  const at = `http://${response.req.headers.host}${pathname.replace("/batch", "")}`;
  const answers = objects.map(({ oid, size }) =>
    large.has(oid)
      ? { oid, size, actions: { download: { href: `${at}/${oid}` } } }
      : { oid, size, error: { code: 404, message: "Object does not exist" } },
  );
  response.setHeader("Content-Type", "application/vnd.git-lfs+json");
  response.end(JSON.stringify({ transfer: "basic", objects: answers }));
}
