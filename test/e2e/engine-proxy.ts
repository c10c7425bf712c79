/** Makes the engine of the tests reachable over TCP, and can hold one of its answers back. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** Bytes of an answer that is held back which still come through. */
const enough = 100_000;

export interface EngineProxy {
  /** For DOCKER_HOST. */
  readonly address: string;
  /** First lines of requests, in their order; of those that follow on one connection too. */
  readonly asked: string[];
  /** Resolves when a request whose first line holds the text came; its answer stops in the middle. */
  held: Promise<void>;
  stop(): Promise<void>;
}

/** @param hold part of a request's first line; such a request is not answered to the end */
export async function startEngineProxy(hold?: string): Promise<EngineProxy> {
  const sockets = new Set<Socket>();
  const asked: string[] = [];
  let tell = () => {};
  const held = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const engine = connectToEngine();
    for (const socket of [client, engine]) {
      sockets.add(socket);
      socket.on("error", () => {});
    }
    let holds = false;
    let answered = 0;
    client.on("data", (chunk) => {
      const line = chunk.toString("latin1").split("\r\n", 1)[0] ?? "";
      if (/^[A-Z]+ \S+ HTTP\/1\.1$/.test(line)) asked.push(line.replace(/ HTTP.*/, ""));
      holds ||= hold !== undefined && line.includes(hold);
    });
    client.pipe(engine);
    engine.on("data", (chunk) => {
      client.write(chunk);
      if (holds) answered += chunk.length;
      if (answered < enough) return;
      engine.pause();
      tell();
    });
    engine.on("end", () => client.end());
    client.on("close", () => engine.destroy());
    engine.on("close", () => client.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const stop = async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  };
  return { address: `tcp://127.0.0.1:${port}`, asked, held, stop };
}

function connectToEngine(): Socket {
  const host = process.env["DOCKER_HOST"];
  if (!host) throw new Error("set DOCKER_HOST to an engine to test with");
  const url = new URL(host);
  return url.protocol === "unix:"
    ? connect({ path: url.pathname, allowHalfOpen: true })
    : connect({ port: Number(url.port), host: url.hostname, allowHalfOpen: true });
}
