import { existsSync, readdirSync, readFileSync } from "node:fs";
import { temporaryFolder, writeFiles } from "../support/folder.ts";

const { moveIn } = (await import("../../scripts/lib/move-in.js" as string)) as {
  moveIn: (aside: string, folder: string, first: string) => void;
};

/** A bundle whose chunk has this hash, moved into the folder. */
function bundle(folder: string, hash: string): void {
  const aside = `${folder}.aside`;
  writeFiles(aside, { "tbuild.js": hash, [`chunk-${hash}.js`]: hash, "page/page.js": hash });
  moveIn(aside, folder, "tbuild.js");
  expect(existsSync(aside)).toBe(false);
}

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".js"))
    .sort();

test("what is of no bundle goes, and chunks of the one before stay for those that run from it", () => {
  const folder = temporaryFolder({ "old-chunk.js": "", "page/old.js": "" });
  bundle(folder, "A");
  expect(filesIn(folder)).toEqual(["chunk-A.js", "page/page.js", "tbuild.js"]);
  bundle(folder, "B");
  expect(filesIn(folder)).toEqual(["chunk-A.js", "chunk-B.js", "page/page.js", "tbuild.js"]);
  expect(readFileSync(`${folder}/tbuild.js`, "utf8")).toBe("B");
  bundle(folder, "C");
  expect(filesIn(folder)).toEqual(["chunk-B.js", "chunk-C.js", "page/page.js", "tbuild.js"]);
});

test("the same bundle twice keeps no more than itself", () => {
  const folder = temporaryFolder();
  bundle(folder, "A");
  bundle(folder, "A");
  expect(filesIn(folder)).toEqual(["chunk-A.js", "page/page.js", "tbuild.js"]);
});
