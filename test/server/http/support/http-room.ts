/** A server on a free port of loopback with a core in memory, and a client that sends requests as they are given. */
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { connect, type Socket } from "node:net";
import { createHttpServer } from "../../../../src/server/http/http-server.ts";
import {
  defaultLimits,
  type HookSettings,
  type HttpLimits,
  type HttpSettings,
} from "../../../../src/server/http/options.ts";
import type { AuditEntry } from "../../../../src/server/records/audit.ts";
import { hashToken } from "../../../../src/server/records/token.ts";
import { FakeTimers } from "../../../support/fake-timers.ts";
import { temporaryFolder } from "../../../support/folder.ts";
import { FakeCore } from "./fake-core.ts";

export const tokens = { reader: "reader-token", runner: "runner-token", admin: "admin-token" };

export const hookSecret = "correct horse battery staple";

export interface Question {
  readonly method?: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests compare it
  readonly json: any;
}

interface Given {
  readonly settings?: Partial<HttpSettings>;
  readonly limits?: Partial<HttpLimits>;
  readonly pageFolder?: string;
}

const open: HttpRoom[] = [];

export class HttpRoom {
  readonly core = new FakeCore();
  readonly timers = new FakeTimers();
  readonly audit: AuditEntry[] = [];
  readonly bugs: unknown[] = [];
  readonly remembered = new Set<string>();
  /** May be changed while the server runs. */
  settings: HttpSettings;
  port = 0;
  readonly server;

  constructor({ settings = {}, limits = {}, pageFolder = temporaryFolder() }: Given = {}) {
    this.settings = { ...defaultSettings, ...settings };
    this.server = createHttpServer(this.core, {
      settings: () => this.settings,
      pageFolder,
      limits,
      clock: {
        date: () => new Date("2026-11-21T12:00:00Z"),
        now: () => this.timers.now(),
        after: (milliseconds, act) => this.timers.after(milliseconds, act),
      },
      audit: { write: (entry) => this.audit.push(entry) },
      deliveries: {
        knows: (repository, mark) => this.remembered.has(`${repository} ${mark}`),
        remember: async (repository, marks) => {
          for (const mark of marks) this.remembered.add(`${repository} ${mark}`);
        },
      },
      onBug: (error) => this.bugs.push(error),
    });
    open.push(this);
  }

  /** Tells readers of it at once. */
  tell(event: Parameters<FakeCore["tell"]>[0]): void {
    this.core.tell(event);
    this.timers.advance(defaultLimits.gatherMs);
  }

  async ask(path: string, question: Question = {}): Promise<Reply> {
    const response = await this.begin(path, question);
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const isJson = response.headers["content-type"] === "application/json" && text !== "";
    const json = isJson ? JSON.parse(text) : undefined;
    return { status: response.statusCode ?? 0, headers: response.headers, text, json };
  }

  /** Until the head of the answer is there. */
  begin(
    path: string,
    { method = "GET", token, headers = {}, body }: Question,
  ): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const own = token === undefined ? {} : { authorization: `Bearer ${token}` };
      const asked = httpRequest({
        host: "127.0.0.1",
        port: this.port,
        method,
        path,
        headers: { ...own, ...headers },
        agent: false,
      });
      asked.on("response", resolve);
      asked.on("error", reject);
      asked.end(body);
    });
  }

  /** All that comes back for bytes that are sent as they are, until the connection ends. */
  async raw(text: string): Promise<string> {
    const socket = await this.connect();
    socket.write(text);
    return await allOf(socket);
  }

  connect(): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const socket = connect(this.port, "127.0.0.1", () => resolve(socket));
      socket.on("error", reject);
    });
  }
}

export async function allOf(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  await new Promise<void>((resolve) => {
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("error", () => resolve());
    socket.on("close", () => resolve());
  });
  return Buffer.concat(chunks).toString();
}

export async function startHttp(given?: Given): Promise<HttpRoom> {
  const room = new HttpRoom(given);
  room.port = (await room.server.listen()).port;
  return room;
}

const hooks = new Map<string, HookSettings>([
  ["shop", { kind: "github", secret: hookSecret }],
  ["tea", { kind: "gitea", secret: hookSecret }],
  ["lab", { kind: "gitlab", secret: hookSecret }],
]);

const defaultSettings: HttpSettings = {
  listen: { host: "127.0.0.1", port: 0 },
  read: "token",
  tokens: [
    { name: "rita", hash: hashToken(tokens.reader), scopes: ["read"] },
    { name: "anna", hash: hashToken(tokens.runner), scopes: ["run"] },
    { name: "ada", hash: hashToken(tokens.admin), scopes: ["admin"] },
  ],
  hookOf: (repository) => hooks.get(repository),
};

afterEach(async () => {
  for (const room of open.splice(0)) {
    const closed = room.server.close(1000);
    room.timers.advance(1000);
    await closed;
  }
});
