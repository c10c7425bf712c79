/**
 * Files by URL: the right one or none, and what is said and tried when it is not to be had.
 *
 * @newer-engine: no engine is asked.
 */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { workspace } from "./small-workspace.ts";
import { build, tbuild } from "./tbuild.ts";

const content = "the right file\n";
const sha256 = createHash("sha256").update(content).digest("hex");

let server: Server;
let url: string;
const asked: string[] = [];

beforeAll(async () => {
  server = createServer(({ url = "" }, response) => {
    asked.push(url);
    if (url === "/file") return response.end(content);
    if (url === "/moved") return response.writeHead(302, { location: "/file" }).end();
    if (url === "/round") return response.writeHead(302, { location: "/round" }).end();
    if (url === "/local") return response.writeHead(302, { location: "file:///etc/hosts" }).end();
    if (url !== "/broken") return response.writeHead(404).end();
    response.writeHead(200, { "content-length": 1000 });
    return response.write(content, () => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, "close");
});
beforeEach(() => asked.splice(0));

const targets = `
params: { url: {}, sha256: { default: ${sha256} } }
targets:
  file: { fetch: "\${url}", sha256: "\${sha256}", to: out/file }
  either: { first-of: [{ fetch: "\${url}", sha256: "\${sha256}" }, { use: given }] }
  named: { first-of: [{ target: file }, { use: given }] }
  uses: { run: "cp out/file copy", inputs: [{ target: file }], outputs: [copy] }`;
const fresh = (): string => workspace(targets, { "given/file": "given" });
const outputs = (folder: string): string[] =>
  existsSync(path.join(folder, "out")) ? readdirSync(path.join(folder, "out")) : [];

test.each(["/file", "/moved"])("%s is fetched once, and kept while it is true", async (name) => {
  const folder = fresh();
  const args = ["file", "--url", url + name];

  expect(await build(folder, args)).toMatchObject({ exitCode: 0, ran: ["file"] });
  expect(await build(folder, args)).toMatchObject({ exitCode: 0, ran: [] });

  expect(readFileSync(path.join(folder, "out/file"), "utf8")).toBe(content);
  expect(asked.filter((path) => path === name)).toHaveLength(1);
});

test("another digest is an error that tells both, not a reason to fall back", async () => {
  const folder = fresh();
  const wrong = "0".repeat(64);

  for (const target of ["file", "either"]) {
    const args = [target, "--url", `${url}/file`, "--sha256", wrong];
    const { exitCode, stderr } = await tbuild(folder, args);

    expect(exitCode).toBe(1);
    expect(stderr).toContain(`fetched file has sha256 \`${sha256}\`, expected \`${wrong}\``);
    expect(outputs(folder)).toEqual([]);
  }
});

const missing = [
  ["that is not there", "/nothing", "answers 404 Not Found"],
  ["that breaks off", "/broken", "broke the connection off"],
  ["that redirects without end", "/round", "redirects more than 10 times"],
  ["that leads to a file of this machine", "/local", "redirects to `file:`"],
] as const;

describe.each(missing)("a URL %s", (_, name, why) => {
  test("fails a target that needs it with exit code 3, and leaves no part of it", async () => {
    const folder = fresh();

    const { exitCode, stderr } = await tbuild(folder, ["uses", "--url", url + name]);

    expect(exitCode).toBe(3);
    expect(stderr).toContain(why);
    expect(outputs(folder)).toEqual([]);
    expect(existsSync(path.join(folder, "copy"))).toBe(false);
  });

  test("is passed over visibly where there is an alternative, and refused by --no-fallback", async () => {
    const folder = fresh();
    const args = ["either", "--url", url + name];

    const passed = await tbuild(folder, args);
    const refused = await tbuild(fresh(), [...args, "--no-fallback"]);

    expect(passed.exitCode).toBe(0);
    expect(passed.stderr).toContain(why);
    expect(refused.exitCode).toBe(3);
    expect(refused.stderr).toContain(why);
  });
});

test("a target that is to be had only by a URL is passed over as an alternative, and asked once", async () => {
  const folder = fresh();
  const args = ["named", "--url", `${url}/nothing`];

  const first = await tbuild(folder, args);
  const again = await build(folder, args);

  expect(first.exitCode).toBe(0);
  expect(first.stderr).toContain("answers 404 Not Found");
  expect(again).toMatchObject({ exitCode: 0, ran: [] });
  expect(asked).toEqual(["/nothing"]);
});

test("nobody listens: that is said, and the alternative is taken", async () => {
  const args = ["either", "--url", "http://127.0.0.1:1/file"];

  const { exitCode, stderr } = await tbuild(fresh(), args);

  expect(exitCode).toBe(0);
  expect(stderr).toContain("127.0.0.1:1 refuses connections");
});
