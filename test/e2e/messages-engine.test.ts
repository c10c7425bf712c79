import { execFileSync } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { writeFiles } from "../support/folder.ts";
import { freePort } from "./local-registry.ts";
import { folderWith, refusal, refused } from "./message.ts";
import { onBase, tag } from "./small-workspace.ts";
import { tbuild } from "./tbuild.ts";

const web = tag("messages");
const targets = `
params: { registry: {} }
targets:
  web: { image: ctx, tags: [${web}] }
  push: { push: web, registry: "\${registry}" }
`;

const folderWithImage = (...lines: string[]): string =>
  folderWith(targets, { "ctx/Dockerfile": onBase(...lines), "ctx/a.txt": "a" });

/** What is said when the engine itself is the trouble. */
const noEngine = (why: string, hint?: string) =>
  refused(
    3,
    `
web: started, never made
web: failed after N s: ${why} (1/1)

error: target \`web\` failed: ${why}
${hint === undefined ? "" : `hint: ${hint}\n`}log: .tbuild/logs/web.log
again: tbuild web

failed 1 in N s
`,
  );

test("a step that fails is told with its command, its last lines and the log", async () => {
  const folder = folderWithImage("RUN echo compiling; echo 'a.c: no such file'; exit 3");
  expect(await refusal(folder, ["web"])).toEqual(
    refused(
      1,
      `
web: started, never made
web: failed after N s: building image \`${web}\`: step \`[2/2] RUN echo compiling; echo 'a.c: no such file'; exit 3\` exited with code 3 (1/1)

error: target \`web\` failed: building image \`${web}\`: step \`[2/2] RUN echo compiling; echo 'a.c: no such file'; exit 3\` exited with code 3
  compiling
  a.c: no such file
log: .tbuild/logs/web.log
again: tbuild web

failed 1 in N s
`,
    ),
  );
});

test.each([
  ["NONSENSE scratch", "dockerfile parse error on line 1: unknown instruction: NONSENSE", ""],
  [
    onBase("COPY nope /").trim(),
    "step `[2/2] COPY nope /` failed: `nope` is not in the context",
    "hint: check its spelling, the folders of `image`, and `.dockerignore`\n",
  ],
])("a Dockerfile with a mistake is told: %s", async (dockerfile, why, hint) => {
  const folder = folderWithImage();
  writeFiles(folder, { "ctx/Dockerfile": `${dockerfile}\n` });
  const message = `building image \`${web}\`: ${why}`;
  expect(await refusal(folder, ["web"])).toEqual(
    refused(
      1,
      `
web: started, never made
web: failed after N s: ${message} (1/1)

error: target \`web\` failed: ${message}
${hint}log: .tbuild/logs/web.log
again: tbuild web

failed 1 in N s
`,
    ),
  );
});

test("without an engine it is told where one was looked for", async () => {
  const folder = folderWithImage();
  const env = { DOCKER_HOST: `unix://${folder}/no.sock` };
  expect(await refusal(folder, ["web"], { env })).toEqual(
    noEngine(
      "cannot reach the Docker Engine at unix://$W/no.sock: no such socket",
      "start one with ./scripts/engine start, or set DOCKER_HOST",
    ),
  );
});

test("a socket that nobody listens on is told", async () => {
  const folder = folderWithImage();
  const place = `${folder}/dead.sock`;
  execFileSync("perl", [
    "-MIO::Socket::UNIX",
    "-e",
    `IO::Socket::UNIX->new(Local => "${place}", Listen => 1)`,
  ]);
  const env = { DOCKER_HOST: `unix://${place}` };
  expect(await refusal(folder, ["web"], { env })).toEqual(
    noEngine(
      "cannot reach the Docker Engine at unix://$W/dead.sock: connection refused",
      "start the engine, or set DOCKER_HOST",
    ),
  );
});

test.each([
  ["nonsense://x", "nonsense://x"],
  ["unix://relative", "unix://relative"],
  ["tcp://me:secret@127.0.0.1:99999", "tcp://***@127.0.0.1:99999"],
])("a DOCKER_HOST that is no address is told, without its password: %s", async (host, shown) => {
  const folder = folderWithImage();
  expect(await refusal(folder, ["web"], { env: { DOCKER_HOST: host } })).toEqual(
    noEngine(
      `DOCKER_HOST is \`${shown}\`, which is no address of an engine: expected \`unix:///path\`, \`tcp://host:port\` or \`ssh://user@host\``,
    ),
  );
});

/** What is said of a push that the registry is the trouble of. */
const noPush = (host: string, why: string, hint: string) =>
  refused(
    3,
    `
push: started, made each time it is asked for
push: failed after N s: cannot look for \`${host}/team/${web.replace("tbuild-test/", "")}\`: ${why} (2/2)

error: target \`push\` failed: cannot look for \`${host}/team/${web.replace("tbuild-test/", "")}\`: ${why}
hint: ${hint}
log: .tbuild/logs/push.log
again: tbuild push --registry ${host}/team

failed 1, fresh 1 in N s
`,
  );

test("a registry that is not there is told, and the image still stands", async () => {
  const folder = folderWithImage();
  await tbuild(folder, ["web"]);
  const host = `127.0.0.1:${await freePort()}`;
  expect(await refusal(folder, ["push", "--registry", `${host}/team`])).toEqual(
    noPush(
      host,
      `\`${host}\` refuses connections`,
      `check that \`${host}\` can be reached, and try again`,
    ),
  );
  expect((await tbuild(folder, ["web"])).stderr).toBe("the target is fresh");
});

test("a registry that refuses is told, with how to log in", async () => {
  const folder = folderWithImage();
  const server = createServer((_, response) => {
    response.writeHead(401, { "www-authenticate": 'Basic realm="registry"' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    await tbuild(folder, ["web"]);
    expect(await refusal(folder, ["push", "--registry", `${host}/team`])).toEqual(
      noPush(host, `\`${host}\` wants a login (401)`, `log in with \`docker login ${host}\``),
    );
  } finally {
    server.close();
  }
});
