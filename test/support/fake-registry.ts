/** A registry in memory that can do all that registries may do, and fails as a test has planned it. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  basicOf,
  bearerOf,
  digestOf,
  errorAnswer,
  type FakeAnswer,
  type FakeAuth,
  type Fault,
  readUpTo,
  type Seen,
} from "./registry-traffic.ts";

interface Repository {
  readonly blobs: Set<string>;
  readonly manifests: Map<string, { readonly type: string; readonly bytes: Buffer }>;
  readonly tags: Map<string, string>;
}

export class FakeRegistry {
  readonly repositories = new Map<string, Repository>();
  readonly blobs = new Map<string, Buffer>();
  /** How often each blob was stored. */
  readonly stored = new Map<string, number>();
  readonly seen: Seen[] = [];
  /** How often it was asked for nothing but an answer. */
  probed = 0;
  auth: FakeAuth | undefined;
  mounts = true;
  onePost = true;
  resumes = true;
  removesTags = true;
  pageSize = 1000;
  /** Where uploads are sent to, of another host. */
  uploadsTo: string | undefined;
  /** Origin of the token server, where it is another host. */
  tokensAt: string | undefined;
  /** Sent as the Date of each answer. */
  date: string | undefined;
  plan: (request: { readonly method: string; readonly path: string }) => Fault | undefined = () =>
    undefined;
  readonly #uploads = new Map<string, Buffer>();
  readonly #tokens = new Map<string, readonly string[]>();
  readonly #server: Server;
  #next = 0;

  constructor(create: typeof createServer = createServer) {
    this.#server = create((request, response) => void this.#serve(request, response));
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return this.host;
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  repository(name: string): Repository {
    const known = this.repositories.get(name);
    if (known !== undefined) return known;
    const made: Repository = { blobs: new Set(), manifests: new Map(), tags: new Map() };
    this.repositories.set(name, made);
    return made;
  }

  /** Another one with the same images. */
  copy(): FakeRegistry {
    const other = new FakeRegistry();
    for (const [digest, bytes] of this.blobs) other.blobs.set(digest, bytes);
    for (const [name, held] of this.repositories) {
      other.repositories.set(name, structuredClone(held));
    }
    return other;
  }

  /** `web:1` and the like, with digests. */
  tags(): Record<string, string> {
    const all = [...this.repositories].flatMap(([name, { tags }]) =>
      [...tags].map(([tag, digest]) => [`${name}:${tag}`, digest] as const),
    );
    return Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** `PUT manifests/1` and the like, without the names of uploads. */
  requests(pattern: RegExp): readonly string[] {
    return this.seen
      .map(({ method, path }) => `${method} ${path}`)
      .filter((it) => pattern.test(it));
  }

  /** Uploads that began and did not end. */
  get uploads(): number {
    return this.#uploads.size;
  }

  expireTokens(): void {
    this.#tokens.clear();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url: path = "" } = request;
    // The question whether it speaks TLS, where nothing is read first: no part of any plan.
    if (path === "/v2/") {
      this.probed++;
      return void response.writeHead(200).end();
    }
    const fault = this.plan({ method, path });
    if (fault?.kind === "stall") return void request.resume();
    if (fault?.kind === "unread") return;
    if (fault?.kind === "expired-early") {
      this.#tokens.delete(bearerOf(request.headers.authorization));
      const answer = this.#answer(request, Buffer.alloc(0));
      return void response.writeHead(answer.status, answer.headers).end(answer.body);
    }
    if (fault?.kind === "reset" && !fault.done) return void request.socket.destroy();
    const most = fault?.kind === "torn" ? fault.after : Number.POSITIVE_INFINITY;
    const body = await readUpTo(request, most).catch(() => undefined);
    if (body === undefined) return;
    this.seen.push({ method, path, headers: request.headers, body });
    if (this.date !== undefined) response.setHeader("date", this.date);
    if (fault?.kind === "status") return void this.#fail(response, fault);
    if (fault?.kind === "expired") this.#tokens.delete(bearerOf(request.headers.authorization));
    if (fault?.kind === "torn" && !path.includes("/uploads/")) {
      return void request.socket.destroy();
    }
    const answer = this.#answer(request, body);
    if (fault?.kind === "reset" || fault?.kind === "torn") return void request.socket.destroy();
    if (fault?.kind === "truncated") {
      response.writeHead(answer.status, { ...answer.headers, "content-length": "1000" });
      response.write("{");
      return void setImmediate(() => request.socket.destroy());
    }
    if (fault?.kind === "halted") {
      response.writeHead(answer.status, { ...answer.headers, "content-length": "1000" });
      return void response.write("{");
    }
    response.writeHead(answer.status, answer.headers);
    response.end(method === "HEAD" ? undefined : answer.body);
  }

  #fail(response: ServerResponse, { status, retryAfter, error }: Fault & { kind: "status" }): void {
    response.writeHead(status, retryAfter === undefined ? {} : { "retry-after": retryAfter });
    const [code, message] = error ?? [];
    response.end(error && JSON.stringify({ errors: [{ code, message }] }));
  }

  #answer({ method = "", url = "", headers }: IncomingMessage, body: Buffer): FakeAnswer {
    const to = new URL(url, `http://${this.host}`);
    if (to.pathname === "/token") return this.#token(to, headers.authorization, body);
    const refusal = this.#refuse(headers.authorization, to, method);
    if (refusal !== undefined) return refusal;
    const [, name = "", kind, rest = ""] =
      /^\/v2\/(.+)\/(blobs\/uploads|blobs|manifests|tags)\/(.*)$/.exec(to.pathname) ?? [];
    switch (kind) {
      case "blobs/uploads":
        return this.#upload(method, to, { name, id: rest, range: headers["content-range"], body });
      case "blobs":
        return this.#blob(name, rest);
      case "manifests":
        return this.#manifest(
          method,
          { name, reference: rest, type: headers["content-type"] },
          body,
        );
      case "tags":
        return this.#list(name, to);
      default:
        return { status: 200, body: "{}" };
    }
  }

  #refuse(sent: string | undefined, to: URL, method: string): FakeAnswer | undefined {
    if (this.auth === undefined) return undefined;
    if (this.auth.kind === "basic") {
      if (sent === basicOf(this.auth)) return undefined;
      return errorAnswer(401, "UNAUTHORIZED", { "www-authenticate": 'Basic realm="fake"' });
    }
    const scopes = this.#tokens.get(bearerOf(sent));
    const [, name] = /^\/v2\/(.+)\/(?:blobs|manifests|tags)\//.exec(to.pathname) ?? [];
    const right =
      method === "GET" || method === "HEAD" ? "pull" : method === "DELETE" ? "delete" : "push";
    const isAllowed = scopes?.some(
      (scope) =>
        name === undefined ||
        (scope.startsWith(`repository:${name}:`) &&
          scope.split(":")[2]?.split(",").includes(right)),
    );
    if (isAllowed || (scopes !== undefined && name === undefined)) return undefined;
    const challenge = `Bearer realm="${this.tokensAt ?? `http://${this.host}`}/token",service="fake"`;
    return errorAnswer(401, "UNAUTHORIZED", { "www-authenticate": challenge });
  }

  #token(to: URL, sent: string | undefined, body: Buffer): FakeAnswer {
    const auth = this.auth;
    const form = new URLSearchParams(body.toString());
    const isKnown =
      auth?.identityToken !== undefined
        ? form.get("refresh_token") === auth.identityToken
        : auth?.password === undefined || sent === basicOf(auth);
    if (!isKnown) return { status: 401 };
    const scopes = [...to.searchParams.getAll("scope"), ...(form.get("scope")?.split(" ") ?? [])];
    const token = `token-${this.#next++}`;
    const given = scopes.map((scope) =>
      auth?.readOnly?.includes(scope.split(":")[1] ?? "")
        ? scope.replace(/:[^:]*$/, ":pull")
        : scope,
    );
    this.#tokens.set(token, given);
    return { status: 200, body: JSON.stringify({ token, expires_in: auth?.life ?? 300 }) };
  }

  #upload(
    method: string,
    to: URL,
    {
      name,
      id,
      range,
      body,
    }: { name: string; id: string; range: string | undefined; body: Buffer },
  ): FakeAnswer {
    const digest = to.searchParams.get("digest") ?? undefined;
    if (method === "POST") return this.#begin(name, to, body, digest);
    const before = this.#uploads.get(id);
    if (before === undefined) return errorAnswer(404, "BLOB_UPLOAD_UNKNOWN");
    const place = {
      location: this.#placeOf(name, id),
      range: `0-${Math.max(0, before.length - 1)}`,
    };
    if (method === "GET") {
      return this.resumes
        ? { status: 204, headers: place }
        : errorAnswer(404, "BLOB_UPLOAD_UNKNOWN");
    }
    if (method === "DELETE") {
      this.#uploads.delete(id);
      return { status: 204 };
    }
    if (
      method === "PATCH" &&
      range !== undefined &&
      Number(range.split("-")[0]) !== before.length
    ) {
      return { status: 416, headers: place };
    }
    const all = Buffer.concat([before, body]);
    this.#uploads.set(id, all);
    if (method === "PATCH") return { status: 202, headers: { location: place.location } };
    const found = digestOf(all);
    if (found !== digest) return errorAnswer(400, "DIGEST_INVALID");
    this.#uploads.delete(id);
    return this.#store(name, found, all);
  }

  #begin(name: string, to: URL, body: Buffer, digest: string | undefined): FakeAnswer {
    const mount = to.searchParams.get("mount");
    const from = to.searchParams.get("from");
    if (mount && from && this.mounts && this.repositories.get(from)?.blobs.has(mount)) {
      this.repository(name).blobs.add(mount);
      return { status: 201, headers: { "docker-content-digest": mount } };
    }
    if (digest !== undefined && this.onePost) {
      if (digestOf(body) !== digest) return errorAnswer(400, "DIGEST_INVALID");
      return this.#store(name, digest, body);
    }
    const id = `u${this.#next++}`;
    this.#uploads.set(id, Buffer.alloc(0));
    return { status: 202, headers: { location: this.#placeOf(name, id) } };
  }

  #placeOf(name: string, id: string): string {
    return `${this.uploadsTo ?? ""}/v2/${name}/blobs/uploads/${id}?state=x`;
  }

  #store(name: string, digest: string, bytes: Buffer): FakeAnswer {
    this.blobs.set(digest, bytes);
    this.stored.set(digest, (this.stored.get(digest) ?? 0) + 1);
    this.repository(name).blobs.add(digest);
    return { status: 201, headers: { "docker-content-digest": digest } };
  }

  #blob(name: string, digest: string): FakeAnswer {
    const isHere = this.repositories.get(name)?.blobs.has(digest);
    const bytes = this.blobs.get(digest);
    if (!isHere || bytes === undefined) return errorAnswer(404, "BLOB_UNKNOWN");
    return { status: 200, body: bytes };
  }

  #manifest(
    method: string,
    { name, reference, type = "" }: { name: string; reference: string; type: string | undefined },
    body: Buffer,
  ): FakeAnswer {
    const repository = this.repository(name);
    const digest = reference.includes(":") ? reference : repository.tags.get(reference);
    if (method === "PUT") return this.#putManifest(repository, reference, type, body);
    const found = digest === undefined ? undefined : repository.manifests.get(digest);
    if (digest === undefined || found === undefined) return errorAnswer(404, "MANIFEST_UNKNOWN");
    if (method === "DELETE") {
      if (!this.removesTags) return errorAnswer(405, "UNSUPPORTED");
      repository.tags.delete(reference);
      return { status: 202 };
    }
    const headers = { "content-type": found.type, "docker-content-digest": digest };
    return { status: 200, headers, body: found.bytes };
  }

  #putManifest(repository: Repository, reference: string, type: string, body: Buffer): FakeAnswer {
    const digest = digestOf(body);
    if (reference.includes(":") && reference !== digest) return errorAnswer(400, "DIGEST_INVALID");
    const { config, layers = [] } = JSON.parse(body.toString());
    const missing = [config, ...layers].filter(
      (each) => each && !repository.blobs.has(each.digest),
    );
    if (missing.length > 0) return errorAnswer(400, "MANIFEST_BLOB_UNKNOWN");
    repository.manifests.set(digest, { type, bytes: body });
    if (!reference.includes(":")) repository.tags.set(reference, digest);
    return { status: 201, headers: { "docker-content-digest": digest } };
  }

  #list(name: string, to: URL): FakeAnswer {
    const repository = this.repositories.get(name);
    if (repository === undefined) return errorAnswer(404, "NAME_UNKNOWN");
    const last = to.searchParams.get("last") ?? "";
    const all = [...repository.tags.keys()].sort().filter((tag) => tag > last);
    const tags = all.slice(0, this.pageSize);
    const next = `</v2/${name}/tags/list?n=${this.pageSize}&last=${tags.at(-1)}>; rel="next"`;
    const headers = all.length > tags.length ? { link: next } : {};
    return { status: 200, headers, body: JSON.stringify({ name, tags }) };
  }
}
