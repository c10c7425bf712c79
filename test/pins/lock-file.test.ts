import { readFileSync, writeFileSync } from "node:fs";
import type { Asked } from "../../src/model/pin.ts";
import { pinKey } from "../../src/model/pin-key.ts";
import { shownPin } from "../../src/model/pin-words.ts";
import { lockText, readLockFile } from "../../src/pins/lock-file.ts";
import { Pins } from "../../src/pins/pins.ts";
import { addFound } from "../../src/pins/write-lock.ts";
import { temporaryFolder } from "../support/folder.ts";

const [a, b] = ["a".repeat(40), "b".repeat(40)];
const digest = `sha256:${"c".repeat(64)}`;
const head = "# lock 1: what names stood for. Commit this file; `tbuild update` writes it.\n";

const fileOf = (text: string): string =>
  `${temporaryFolder({ "targets.lock": text })}/targets.lock`;

function problemsOf(text: string): readonly string[] {
  const read = readLockFile(fileOf(text));
  if (read.ok) throw new Error("nothing is wrong with it");
  return read.problems.map(({ at, message, hint }) => `${at?.line}: ${message}; ${hint}`);
}

test("a lock is lines in their order, whatever order they came in, and reads as it was written", () => {
  const text = lockText([
    ["image debian:12", digest],
    ["git https://example.org/a.git main", a],
    ["fetch https://example.org/a.tgz", digest],
  ]);
  expect(text).toBe(
    `${head}fetch https://example.org/a.tgz ${digest}
git https://example.org/a.git main ${a}
image debian:12 ${digest}
`,
  );
  const read = readLockFile(fileOf(text));
  expect(read.ok && lockText([...read.value.pins].map(([key, { value }]) => [key, value]))).toBe(
    text,
  );
});

test("no file, and an empty one, lock nothing", () => {
  for (const file of [fileOf(""), `${temporaryFolder()}/targets.lock`]) {
    const read = readLockFile(file);
    expect(read.ok && read.value.pins.size).toBe(0);
  }
});

test.each<[Asked, string, string]>([
  [
    { kind: "git", url: "https://me:secret@example.org/a.git", ref: "main" },
    "git https://example.org/a.git main",
    "`main` of `https://example.org/a.git`",
  ],
  [
    { kind: "git", url: "ssh://git:secret@example.org/a.git", ref: "main" },
    "git ssh://git@example.org/a.git main",
    "`main` of `ssh://git@example.org/a.git`",
  ],
  [
    { kind: "git", url: "git@example.org:a.git", ref: "main" },
    "git git@example.org:a.git main",
    "`main` of `git@example.org:a.git`",
  ],
  [
    { kind: "git", url: "../my code", ref: "main" },
    'git "../my code" main',
    "`main` of `../my code`",
  ],
  [
    { kind: "fetch", url: "https://example.org/a?token=secret" },
    "fetch https://example.org/a?f3ac97547a31",
    "`https://example.org/a?f3ac97547a31`",
  ],
])("a key has no credentials in it, and one word for each part: %j", (asked, key, shown) => {
  expect(pinKey(asked)).toBe(key);
  expect(shownPin(key)).toBe(shown);
  const read = readLockFile(fileOf(lockText([[key, asked.kind === "git" ? a : digest]])));
  expect(read.ok && new Pins(read.value).known(asked)?.value).toBe(
    asked.kind === "git" ? a : digest,
  );
});

test("the same line twice, as two branches may have added it, is one", () => {
  const line = `git https://example.org/a.git main ${a}\n`;
  const read = readLockFile(fileOf(head + line + line));
  expect(read.ok && [...read.value.pins.keys()]).toEqual(["git https://example.org/a.git main"]);
});

test("what is wrong with a lock is told at its line, with the next action", () => {
  const line = (ref: string, value: string) => `git https://example.org/a.git ${ref} ${value}\n`;
  expect(problemsOf(`${head}git a main 12\nimage debian:12 ${a}\n"x\n`)).toEqual(
    [`git a main 12`, `image debian:12 ${a}`, `"x`].map(
      (text, index) =>
        `${index + 2}: \`${text}\` is no line of a lock file; lines are \`git URL REF COMMIT\`, \`image NAME sha256:…\` and \`fetch URL sha256:…\``,
    ),
  );
  expect(problemsOf(head + line("main", a) + line("main", b))).toEqual([
    "3: `main` of `https://example.org/a.git` is locked twice, to different values; keep the line that is meant",
  ]);
  const sides = `<<<<<<< HEAD\n${line("main", a)}=======\n${line("main", b)}>>>>>>> x\n`;
  expect(problemsOf(head + sides)).toEqual([
    "2: a conflict of git is not resolved in `targets.lock`; keep the lines of both sides, of two for one name the one that is meant",
  ]);
  expect(problemsOf("# lock 2: …\nsomething new\n")).toEqual([
    "1: `targets.lock` has version 2 of the format, which this tbuild does not know; use the tbuild that wrote it, or a later one",
  ]);
  expect(problemsOf(line("main", a))).toEqual([
    "1: `targets.lock` does not begin as a lock file does; its first line is `# lock 1`; remove the file, and `tbuild update` writes it anew",
  ]);
});

describe("what a run found out", () => {
  const asked = (ref: string): Asked => ({ kind: "git", url: "https://example.org/a.git", ref });
  const opened = (file: string): Pins => {
    const read = readLockFile(file);
    if (!read.ok) throw new Error("unreadable");
    return new Pins(read.value);
  };

  test("is added to what the file has by then, and the rest stays", () => {
    const file = fileOf(lockText([["git https://example.org/a.git main", a]]));
    const pins = opened(file);
    pins.note(asked("v1"), b);
    writeFileSync(file, lockText([["image debian:12", digest]]));
    expect(addFound(pins)).toMatchObject({
      ok: true,
      value: { added: ["git https://example.org/a.git v1"] },
    });
    expect(readFileSync(file, "utf8")).toBe(
      lockText([
        ["git https://example.org/a.git v1", b],
        ["image debian:12", digest],
      ]),
    );
  });

  test("never takes the place of what is locked, and of two findings the first counts", () => {
    const file = fileOf(lockText([["git https://example.org/a.git main", a]]));
    const pins = opened(file);
    expect(pins.note(asked("main"), b)).toBe(a);
    expect(pins.note(asked("v1"), a)).toBe(a);
    expect(pins.note(asked("v1"), b)).toBe(a);
    expect([...pins.found]).toEqual([["git https://example.org/a.git v1", a]]);
  });

  test("is asked for once, and again where nobody could tell", async () => {
    const pins = opened(fileOf(""));
    const answers = [undefined, b];
    const asks: string[] = [];
    const ask = async (): Promise<string | undefined> => {
      asks.push("asked");
      return answers.shift();
    };
    expect(await pins.find(asked("main"), ask)).toBeUndefined();
    const both = [pins.find(asked("main"), ask), pins.find(asked("main"), ask)];
    expect(await Promise.all(both)).toEqual([b, b]);
    expect(asks).toHaveLength(2);
  });

  test("leaves a file alone that nothing is to be added to", () => {
    const file = fileOf(`${head}\n# mine\n`);
    expect(addFound(opened(file))).toMatchObject({ ok: true, value: { added: [] } });
    expect(readFileSync(file, "utf8")).toBe(`${head}\n# mine\n`);
  });

  test("that cannot be written is told", () => {
    const pins = opened(`${temporaryFolder()}/gone/targets.lock`);
    pins.note(asked("main"), a);
    const written = addFound(pins);
    expect(!written.ok && written.problems[0]?.message).toMatch(/^cannot write `targets.lock`: /);
  });
});
