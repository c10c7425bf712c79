import { safeFileName } from "../../src/model/file-name.ts";
import type { Target } from "../../src/model/target.ts";
import { ownReference } from "../../src/rules/own-output.ts";

test.each([
  ["packages", "packages"],
  ["images[agent]", "images@agent"],
  ["images[agent,bookworm]", "images@agent,bookworm"],
  ["packages#2", "packages~2"],
  ["images[agent]#1", "images@agent~1"],
  ["bundles/base", "bundles+base"],
  ["a[x/y]", "a@x+y"],
  ["a[b#1]", "a@b%231"],
  ["a[[b]", "a@%5Bb"],
  ["..", "%2E."],
  ["ä b", "%C3%A4%20b"],
])("%s lies in a folder %s of its own", (target, folder) => {
  expect(safeFileName(target)).toBe(folder);
});

test.each([
  ["web", "web:latest"],
  ["images[agent]", "images-agent:latest"],
  ["Images[A,B_c]", "images-a-b_c:latest"],
  ["bundles/base", "bundles/base:latest"],
  ["base#1", "base-1:latest"],
  ["a..b", "a-b:latest"],
  ["a_-b", "a-b:latest"],
])("the image of %s is called %s when nothing else is said", (target, reference) => {
  expect(ownReference({ name: target } as Target)).toBe(reference);
});
