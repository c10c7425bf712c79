/** A real, small HTTP proxy: opens ways and passes requests on, all to one place, and keeps what it saw. */
import { createServer, type IncomingHttpHeaders, request } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";

export interface ProxySight {
  /** `CONNECT registry.example:443`, `GET http://registry.example/v2/` */
  readonly asked: string;
  readonly headers: IncomingHttpHeaders;
}

export class SmallProxy {
  readonly seen: ProxySight[] = [];
  /** All bytes that went through ways that it opened, as text. */
  through = "";
  /** Answered to each CONNECT in place of a way. */
  refusal: number | undefined;
  readonly #open = new Set<Socket>();
  readonly #server = createServer();

  /** @param port of this machine that all that is asked for stands for */
  async listen(port: number): Promise<void> {
    this.#server.on("connect", (asked, socket: Socket) => {
      this.seen.push({ asked: `CONNECT ${asked.url}`, headers: asked.headers });
      if (this.refusal !== undefined) return socket.end(`HTTP/1.1 ${this.refusal} No\r\n\r\n`);
      const there = connect(port, "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        socket.on("data", (bytes) => {
          this.through += bytes.toString("latin1");
        });
        there.pipe(socket).pipe(there);
      });
      for (const each of [there, socket]) {
        this.#open.add(each);
        each.on("error", () => undefined);
      }
    });
    this.#server.on("request", (asked, answer) => {
      this.seen.push({ asked: `${asked.method} ${asked.url}`, headers: asked.headers });
      const { pathname, search } = new URL(asked.url ?? "");
      const { "proxy-authorization": _, ...headers } = asked.headers;
      const to = { host: "127.0.0.1", port, path: pathname + search };
      const passed = request({ ...to, method: asked.method ?? "GET", headers }, (found) => {
        answer.writeHead(found.statusCode ?? 0, found.headers);
        found.pipe(answer);
      });
      asked.pipe(passed);
    });
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}
