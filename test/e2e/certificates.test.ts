/** The caller's proxies and certificates serve image builds and commands, and stay out of what is made. */
import { execa } from "execa";
import { writeFiles } from "../support/folder.ts";
import {
  fileInImage,
  imageId,
  onBase,
  run,
  shellFiles,
  shellTarget,
  tag,
  workspace,
} from "./small-workspace.ts";
import { type Built, build, docker } from "./tbuild.ts";

// Nobody is there: no step uses it.
const proxy = `http://proxy-${run}.invalid:3128`;
const direct = `inside-${run}.invalid`;
const proxies = { http_proxy: proxy, https_proxy: proxy, HTTPS_PROXY: proxy, no_proxy: direct };
const none = { http_proxy: undefined, https_proxy: undefined, HTTPS_PROXY: undefined };

const show = "http $http_proxy https $https_proxy $HTTPS_PROXY no $no_proxy";
const shown = `http ${proxy} https ${proxy} ${proxy} no ${direct}`;
const image = onBase(
  `RUN : ${run}; echo "${show}" && echo whole >/state`,
  `RUN --mount=type=secret,id=ca-certificates : ${run}; cat /run/secrets/ca-certificates`,
);
const targets = `
targets:${shellTarget}
  web: { image: web, tags: [${tag("web")}] }
  inside: { run: 'echo "${show}"; cat "$SSL_CERT_FILE"', in: shell }
  closed: { run: 'echo "[$(printenv http_proxy || true)]"', in: shell, network: none }
`;

const certificate = `certificate of ${run}`;

/** A workspace, and a bundle of certificates as the environment names it. */
function prepare() {
  const folder = workspace(targets, { ...shellFiles, "web/Dockerfile": image });
  writeFiles(folder, { "bundle.crt": `${certificate}\n` });
  return { folder, certificates: { SSL_CERT_FILE: `${folder}/bundle.crt` } };
}

const said = ({ events }: Built): readonly string[] =>
  events.flatMap((event) => (event.kind === "output" ? [event.line] : []));

/** All that the engine tells of an image, and all that is in it. */
async function everythingAbout(reference: string): Promise<string> {
  const history = await docker("history", "--no-trunc", reference);
  const inspected = await docker("image", "inspect", reference);
  const search = ["-c", 'docker save "$1" | grep -aoE "$2" | sort -u', "sh", reference];
  const { stdout } = await execa("sh", [...search, `proxy-${run}|${direct}|${certificate}`]);
  return history + inspected + stdout;
}

test("they reach the steps of an image, and nothing of them is in it", async () => {
  const { folder, certificates } = prepare();

  const built = await build(folder, ["web"], { env: { ...proxies, ...certificates } });

  expect(built.exitCode).toBe(0);
  expect(said(built)).toContain(shown);
  expect(said(built)).toContain(certificate);
  expect(await fileInImage(tag("web"), "/state")).toBe("whole");
  const about = await everythingAbout(tag("web"));
  expect(about).not.toContain(proxy);
  expect(about).not.toContain(`proxy-${run}`);
  expect(about).not.toContain(direct);
  expect(about).not.toContain(certificate);
  expect(about).not.toMatch(/https?_proxy=/i);
});

test("others, or none, make nothing stale, and give the same image when it is made again", async () => {
  const { folder, certificates } = prepare();
  await build(folder, ["web"], { env: { ...proxies, ...certificates } });
  const before = await imageId(tag("web"));

  const other = await build(folder, ["web"], { env: { http_proxy: "http://other.invalid" } });
  const without = await build(folder, ["web"], { env: none });
  const forced = await build(folder, ["web", "--force"], { env: none });

  expect([other.ran, without.ran, forced.ran]).toEqual([[], [], ["web"]]);
  expect(await imageId(tag("web"))).toBe(before);
});

test("a command in a container has both; without a network it has no use for them", async () => {
  const { folder, certificates } = prepare();
  const env = { ...proxies, ...certificates };

  expect(said(await build(folder, ["inside"], { env }))).toEqual(
    expect.arrayContaining([shown, certificate]),
  );
  expect(said(await build(folder, ["closed"], { env }))).toEqual(["[]"]);
});

test("credentials of a proxy are not shown, although steps have them", async () => {
  const { folder, certificates } = prepare();
  const env = { ...proxies, http_proxy: `http://me:open-${run}@proxy.invalid` };

  const { exitCode, stdout } = await build(folder, ["inside"], {
    env: { ...env, ...certificates },
  });

  expect(exitCode).toBe(0);
  expect(stdout).not.toContain(`open-${run}`);
  expect(stdout).toContain("http://***@proxy.invalid");
});
