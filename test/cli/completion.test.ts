import { spawnSync } from "node:child_process";
import { runCompletion } from "../../src/cli/commands/completion.ts";
import type { Shell } from "../../src/model/command-line.ts";
import { fakeSurroundings } from "./fake-surroundings.ts";

function scriptFor(shell: Shell): string {
  const place = fakeSurroundings("/");
  runCompletion(shell, place);
  return place.out.text;
}

/** Lets bash complete a line as it does on a Tab; `tbuild` answers with what it was asked, or with `answer`. */
function inBash(
  line: string,
  words: readonly string[],
  answer = 'printf "<%s>\\n" "$@"',
): string[] {
  const setup = `tbuild() { ${answer}; }
COMP_LINE='${line}' COMP_POINT=${line.length} COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")})
COMP_CWORD=${words.length - 1}
_tbuild 2>/dev/null
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = spawnSync("bash", ["-c", `${scriptFor("bash")}${setup}`], {
    encoding: "utf8",
  });
  return stdout.split("\n").slice(0, -1);
}

test("bash asks tbuild with the words up to the cursor", () => {
  const asked = ["<--complete>", "<bash>", "<1>", "<images>"];
  expect(inBash("tbuild images --o", ["tbuild", "images", "--o"])).toEqual([...asked, "<--o>"]);
  expect(inBash("tbuild images ", ["tbuild", "images", ""])).toEqual([...asked, "<>"]);
});

test("bash replaces only what follows its own word break", () => {
  const words = ["tbuild", "--os", "=", "t"];
  expect(inBash("tbuild --os=t", words, "echo --os=trixie")).toEqual(["trixie"]);
});

test("bash takes one candidate a line", () => {
  const answer = 'printf "images[a]\\nimages[b]\\n"';
  expect(inBash("tbuild im", ["tbuild", "im"], answer)).toEqual(["images[a]", "images[b]"]);
});

test.each(["zsh", "fish"] as const)("%s asks for its own completion", (shell) => {
  expect(scriptFor(shell)).toContain(`tbuild --complete ${shell} `);
});
