/** Archives that nobody vouches for, as `use` and `fetch` unpack them. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { Header } from "tar";
import { temporaryFolder } from "../support/folder.ts";
import { problemOf, RuleRoom } from "./support/rule-room.ts";

type Entry = { readonly path: string } & (
  | { readonly text: string }
  | { readonly link: string; readonly isHard?: true }
);

function tar(...entries: readonly Entry[]): Buffer {
  const parts = entries.flatMap((entry) => {
    const content = Buffer.from("text" in entry ? entry.text : "");
    const header = Buffer.alloc(512);
    const type = "text" in entry ? "File" : entry.isHard ? "Link" : "SymbolicLink";
    new Header({
      ...{ path: entry.path, type, mode: 0o644, size: content.length, mtime: new Date(0) },
      ...("link" in entry && { linkpath: entry.link }),
    }).encode(header);
    return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}

/** What becomes of it, beside a folder that it must not reach. */
async function unpacked(name: string, bytes: Buffer) {
  const outside = temporaryFolder({ secret: "sesame\n", [`given/${name}`]: bytes });
  const room = new RuleRoom();
  const outcome = await room.act("use", { use: path.join(outside, "given", name) });
  return { room, outcome, outside };
}

/** All names below a folder. */
const below = (folder: string) =>
  existsSync(folder) ? readdirSync(folder, { recursive: true }).map(String).sort() : [];

const climbs = ["../evil", "../../../../evil", "a/../../evil", "/evil-of-tbuild", "./../evil"];

test.each(climbs)("a file called `%s` does not get out", async (name) => {
  const { room, outside } = await unpacked(
    "a.tar",
    tar({ path: name, text: "x" }, { path: "ok", text: "" }),
  );
  expect(below(outside)).toEqual(["given", "given/a.tar", "secret"]);
  expect(existsSync("/evil-of-tbuild")).toBe(false);
  const found = below(room.root).filter((file) => file.endsWith("evil"));
  expect(found.filter((file) => !file.includes("/unpacked/"))).toEqual([]);
});

test("a link out of the archive, and a file by way of it, are refused, and leave nothing", async () => {
  for (const link of ["..", "../../../..", "/", "x/../../.."]) {
    const bytes = tar({ path: "out", link }, { path: "out/evil", text: "x" });
    const { room, outcome, outside } = await unpacked("a.tar", bytes);
    expect(problemOf(outcome).message).toMatch(/^cannot unpack `a\.tar`: /);
    expect([room.has(".tbuild/out"), below(outside)]).toEqual([
      false,
      ["given", "given/a.tar", "secret"],
    ]);
  }
});

test("a hard link to a file of the machine is refused", async () => {
  for (const link of ["/etc/passwd", "../../../../../../../etc/passwd"]) {
    const { room, outcome } = await unpacked("a.tar", tar({ path: "words", link, isHard: true }));
    expect(problemOf(outcome).message).toMatch(/^cannot unpack `a\.tar`: /);
    expect(room.has(".tbuild/out")).toBe(false);
  }
});

const zeros = tar({ path: "zeros", text: "\0".repeat(16 * 1024 * 1024) });

test("a bomb is given up, whatever packed it, and leaves nothing", async () => {
  const packed: Readonly<Record<string, () => Buffer>> = {
    "a.tar.xz": () => execFileSync("xz", ["-c"], { input: zeros, maxBuffer: 1e8 }),
    "a.tar.zst": () => execFileSync("zstd", ["-q", "-c"], { input: zeros, maxBuffer: 1e8 }),
    "a.tar.gz": () => gzipSync(zeros, { level: 9 }),
  };
  for (const [name, pack] of Object.entries(packed)) {
    const { room, outcome } = await unpacked(name, pack());
    expect([name, outcome.kind]).toEqual([name, "failed"]);
    expect(problemOf(outcome).message).toContain(`cannot unpack \`${name}\`: `);
    expect(room.has(".tbuild/out")).toBe(false);
  }
}, 60_000);
