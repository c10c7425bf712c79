/** Hosts around a registry that keep what they are sent: its token server, its object store, and a proxy. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { FakeRegistry } from "../support/fake-registry.ts";

/** Marks what such a host itself asks of the registry behind it. */
const mark = "x-test-behind";

type Serve = (request: IncomingMessage, body: Buffer) => Promise<Response>;

export class RecordingHost {
  /** Each request with its headers and its body, byte for byte. */
  readonly got: string[] = [];
  readonly server: Server;

  constructor(serve: Serve) {
    this.server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body = Buffer.concat(chunks);
      this.got.push(
        [request.method, request.url, ...request.rawHeaders, body.toString("latin1")].join("\n"),
      );
      const answer = await serve(request, body);
      response.writeHead(answer.status, Object.fromEntries(answer.headers));
      response.end(Buffer.from(await answer.arrayBuffer()));
    });
  }

  async listen(): Promise<this> {
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
    return this;
  }

  /** `127.0.0.1:port` */
  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }
}

/** What a registry was sent by the client itself. */
export const sentTo = (registry: FakeRegistry): readonly string[] =>
  registry.seen
    .filter(({ headers }) => headers[mark] === undefined)
    .map(({ method, path, headers, body }) =>
      [method, path, JSON.stringify(headers), body.toString("latin1")].join("\n"),
    );

/** A token server that knows the accounts of a registry. */
export const tokenServer = (registry: FakeRegistry): Promise<RecordingHost> =>
  new RecordingHost((request, body) => passOn(request, body, registry.host)).listen();

/** An object store that passes on what it is sent, with an access of its own. */
export const objectStore = (
  registry: FakeRegistry,
  access: () => Promise<string>,
): Promise<RecordingHost> =>
  new RecordingHost(async (request, body) =>
    passOn(request, body, registry.host, await access()),
  ).listen();

/** A proxy behind which a registry answers, without TLS: it is asked for a way, and leads nowhere. */
export async function plainProxy(registry: FakeRegistry): Promise<RecordingHost> {
  const proxy = new RecordingHost((request, body) => passOn(request, body, registry.host));
  proxy.server.on("connect", (request, socket) => {
    proxy.got.push([request.method, request.url, ...request.rawHeaders].join("\n"));
    // What comes next is the beginning of TLS, which nobody speaks here.
    socket.on("error", () => undefined);
    socket.once("data", () => socket.destroy());
    socket.write("HTTP/1.1 200 OK\r\n\r\n");
  });
  return proxy.listen();
}

async function passOn(
  { method = "", url = "", headers }: IncomingMessage,
  body: Buffer,
  host: string,
  authorization = headers.authorization,
): Promise<Response> {
  const { pathname, search } = new URL(url, `http://${host}`);
  const kept = ["content-type", "content-range", "accept"].flatMap((name) => {
    const value = headers[name];
    return typeof value === "string" ? [[name, value]] : [];
  });
  const answer = await fetch(`http://${host}${pathname}${search}`, {
    method,
    headers: {
      ...Object.fromEntries(kept),
      ...(authorization && { authorization }),
      [mark]: "1",
    },
    ...(body.length > 0 && { body }),
  });
  return answer;
}

/** A token or a password for the registry, as something behind it has one. */
export async function accessTo(
  registry: FakeRegistry,
  scope: string,
  account: { readonly pair: string; readonly identityToken?: string },
): Promise<string> {
  if (registry.auth?.kind === "basic") return `Basic ${account.pair}`;
  const url = `http://${registry.host}/token?scope=${scope}`;
  const { identityToken } = account;
  const answer = await fetch(url, {
    method: identityToken === undefined ? "GET" : "POST",
    headers: { [mark]: "1", authorization: `Basic ${account.pair}` },
    ...(identityToken && { body: new URLSearchParams({ refresh_token: identityToken }) }),
  });
  return `Bearer ${((await answer.json()) as { token: string }).token}`;
}
