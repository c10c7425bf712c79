import { execFileSync } from "node:child_process";
import { shellWord } from "../../src/cli/shell-word.ts";

test("plain words stay as they are", () => {
  expect(["images", "--os=trixie", "a/b.c", "x@y:1"].map(shellWord)).toEqual([
    "images",
    "--os=trixie",
    "a/b.c",
    "x@y:1",
  ]);
});

test("a shell reads every word back as it was", () => {
  const words = ["images[agent]", "", "it's", "a b", '$(id) `id` \\ " ! * ~', "line\nfeed", "~"];
  const script = `printf '%s\\0' ${words.map(shellWord).join(" ")}`;
  const back = execFileSync("sh", ["-c", script], { encoding: "utf8" });
  expect(back.split("\0").slice(0, -1)).toEqual(words);
});
