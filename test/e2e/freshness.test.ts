/** What an image is made from, and what becomes of it, decides what is made again: nothing else does. */
import { appendFileSync, chmodSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { writeFiles } from "../support/folder.ts";
import { fileInImage, imageId, onBase, project, tag, workspace } from "./small-workspace.ts";
import { build, docker } from "./tbuild.ts";

/** Parts of the fleet are found by every kind of edge: `FROM`, `COPY --from`, `base`, `include`. */
const targets = (more = ""): string => `
params:
  greeting: { default: hello }
  word: { default: x }
targets:
  root: { image: root, tags: [${tag("root")}], args: { GREETING: "\${greeting}" } }
  from: { image: from, tags: [${tag("from")}] }
  copies: { image: copies, tags: [${tag("copies")}] }
  based: { image: based, base: root, tags: [${tag("based")}] }
  made: { run: "mkdir -p out; cp src/* out/", inputs: ["src/*"], outputs: [out/] }
  holds: { image: holds, include: { made: made }, tags: [${tag("holds")}]${more} }
  apart: { image: apart, labels: { word: "\${word}" }, tags: [${tag("apart")}] }
  all: { needs: [from, copies, based, holds, apart] }
`;
const files = {
  "root/Dockerfile": onBase("ARG GREETING", "COPY data /data", "RUN echo $GREETING >/greeting"),
  "root/data": "one",
  "root/.dockerignore": "ignored\n",
  "root/ignored": "one",
  "root/read-by-nobody": "one",
  "from/Dockerfile": `FROM ${tag("root")}\nRUN cat /data >/mine\n`,
  "copies/Dockerfile": `FROM scratch\nCOPY --from=${tag("root")} /data /copied\n`,
  "based/Dockerfile": "ARG BASE\nFROM $BASE\nRUN cat /data >/mine\n",
  "src/a": "a",
  "holds/Dockerfile": "FROM scratch\nCOPY made /made\n",
  "apart/Dockerfile": "FROM scratch\nCOPY Dockerfile /\n",
};
const onRoot = ["based", "copies", "from", "root"];

let folder: string;
const at = (name: string): string => path.join(folder, name);
/** Names of what ran in a build of everything. */
const ran = async (...args: string[]): Promise<readonly string[]> => {
  const { exitCode, stdout, stderr, ran } = await build(folder, ["all", ...args]);
  if (exitCode !== 0) throw new Error(stdout + stderr);
  return ran;
};
const why = async (...args: string[]): Promise<readonly string[]> =>
  (await build(folder, ["all", ...args])).events.flatMap((event) =>
    event.kind === "target-started" ? [`${event.target}: ${event.why}`] : [],
  );

// Each test begins with everything fresh, and leaves it so.
beforeAll(async () => {
  folder = workspace(targets(), files);
  expect(await ran()).toEqual(["apart", "based", "copies", "from", "holds", "made", "root"]);
});
afterEach(async () => {
  expect(await ran()).toEqual([]);
});

test("an edit of a file makes the image and what is on it, by FROM, COPY --from and base; no other", async () => {
  writeFiles(folder, { "root/data": "two" });

  expect(await ran()).toEqual(onRoot);

  for (const [name, file] of [
    ["from", "/mine"],
    ["based", "/mine"],
  ] as const) {
    expect(await fileInImage(tag(name), file)).toBe("two");
  }
});

test("an edit of a file that is ignored makes nothing", async () => {
  writeFiles(folder, { "root/ignored": "two", "root/new/ignored": "" });
  writeFiles(folder, { "root/.dockerignore": "ignored\n**/ignored\n" });
  // The ignore file itself is in the context.
  expect(await ran()).toEqual(["root"]);
  writeFiles(folder, { "root/ignored": "three", "root/new/ignored": "three" });

  expect(await ran()).toEqual([]);
});

test("an image that comes out the same leaves what is on it fresh", async () => {
  const before = await imageId(tag("root"));
  writeFiles(folder, { "root/read-by-nobody": "two" });

  expect(await ran()).toEqual(["root"]);

  expect(await imageId(tag("root"))).toBe(before);
});

test("a file that comes or goes counts, and so does a mode that lets it be executed", async () => {
  writeFiles(folder, { "holds/more": "" });
  expect(await why()).toEqual(["holds: input `holds/more` is new"]);

  rmSync(at("holds/more"));
  expect(await why()).toEqual(["holds: input `holds/more` is gone"]);

  chmodSync(at("root/data"), 0o755);
  expect(await ran()).toEqual(onRoot);
});

test("a file that was only touched, or edited and edited back, makes nothing", async () => {
  writeFiles(folder, { "from/Dockerfile": files["from/Dockerfile"] });
  appendFileSync(at("apart/Dockerfile"), "");

  expect(await ran()).toEqual([]);
});

test("outputs of a target that are laid into the context count by their content", async () => {
  writeFiles(folder, { "src/a": "b" });
  expect(await ran()).toEqual(["holds", "made"]);

  rmSync(at("out"), { recursive: true });
  expect(await ran()).toEqual(["made"]);

  writeFileSync(at("out/a"), "edited");
  expect(await why()).toEqual(["made: output `out` was changed by something else"]);

  writeFiles(folder, { "out/stray": "" });
  expect(await ran()).toEqual(["made"]);
});

test("a parameter makes what uses it, and nothing else", async () => {
  expect(await ran("--word", "y")).toEqual(["apart"]);

  await ran();
  expect((await why("--greeting", "bye"))[0]).toMatch(/^root: parameter `greeting` /);

  expect(await fileInImage(tag("root"), "/greeting")).toBe("bye");
  await ran();
  expect(await fileInImage(tag("root"), "/greeting")).toBe("hello");
});

test("labels and build arguments count; one more tag is given without another image", async () => {
  const before = await imageId(tag("holds"));
  const nameAs = (more: string): string => `name: ${project}\n${targets(more)}`;
  const declare = (more: string) => writeFiles(folder, { "targets.yaml": nameAs(more) });

  declare(", labels: { a: b }");
  expect(await ran()).toEqual(["holds"]);
  expect(await imageId(tag("holds"))).not.toBe(before);

  declare(", args: { UNUSED: c }");
  expect(await ran()).toEqual(["holds"]);

  declare("");
  expect(await ran()).toEqual(["holds"]);
  expect(await imageId(tag("holds"))).toBe(before);

  writeFiles(folder, {
    "targets.yaml": nameAs("").replace(`[${tag("holds")}]`, `[${tag("holds")}, ${tag("more")}]`),
  });
  expect(await ran()).toEqual(["holds"]);
  expect(await imageId(tag("more"))).toBe(before);
});

test("an image that was removed, and a tag that was moved, are noticed and put right", async () => {
  const [from, apart] = [await imageId(tag("from")), await imageId(tag("apart"))];
  await docker("rmi", tag("apart"));
  await docker("tag", tag("copies"), tag("from"));

  expect([...(await why())].sort()).toEqual([
    `apart: image \`${tag("apart")}\` is missing in the engine`,
    `from: \`${tag("from")}\` names another image now`,
  ]);

  expect(await imageId(tag("from"))).toBe(from);
  expect(await imageId(tag("apart"))).toBe(apart);
});

test("--force makes what is named, and what is on it only when that is another image", async () => {
  expect((await build(folder, ["root", "--force"])).ran).toEqual(["root"]);
  expect((await build(folder, ["from", "--force"])).ran).toEqual(["from"]);
});

test("losing the state costs time, and gives the same images", async () => {
  const before = await Promise.all(onRoot.map((name) => imageId(tag(name))));
  rmSync(at(".tbuild"), { recursive: true });

  expect(await ran()).toHaveLength(7);

  expect(await Promise.all(onRoot.map((name) => imageId(tag(name))))).toEqual(before);
});
