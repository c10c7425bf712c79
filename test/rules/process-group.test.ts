import { readFileSync } from "node:fs";
import { type ProcessEnd, runProcess } from "../../src/rules/commands/process-group.ts";
import { LastLines, LineSplitter } from "../../src/rules/lines.ts";
import { lifeLine } from "../support/life-line.ts";

const lines: string[] = [];
beforeEach(() => lines.splice(0));

const shell = (
  text: string,
  signal = new AbortController().signal,
  onLine: (line: string) => void = () => {},
): Promise<ProcessEnd> =>
  runProcess(
    {
      argv: ["sh", "-c", text],
      folder: "/",
      environment: { PATH: process.env["PATH"] ?? "" },
      onLine(line) {
        lines.push(line);
        onLine(line);
      },
    },
    signal,
  );

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // Who is dead and not yet fetched by its new parent is no longer running.
  return !/^\d+ \(.*\) Z/.test(statOf(pid));
};

test("a command ends with its exit code, its output in whole lines", async () => {
  expect(await shell("printf 'a\\nb'; exit 3")).toEqual({ kind: "exited", code: 3 });
  expect(lines).toEqual(["a", "b"]);
});

test("a command that a signal ended says which", async () => {
  expect(await shell("kill -9 $$")).toEqual({ kind: "signalled", signal: "SIGKILL" });
});

test("a program that is not there is told apart", async () => {
  const end = runProcess(
    { argv: ["no-such-program"], folder: "/", environment: {}, onLine: () => {} },
    new AbortController().signal,
  );
  expect(await end).toEqual({ kind: "not-started", why: "ENOENT" });
});

test("a cancelled command is gone with its children", async () => {
  const abort = new AbortController();
  const end = shell("sleep 60 & echo $!; wait", abort.signal, () => abort.abort());
  await expect(end).rejects.toMatchObject({ name: "AbortError" });
  expect(isAlive(Number(lines[0]))).toBe(false);
});

test("a cancelled command that ignores the request is ended by force", async () => {
  const abort = new AbortController();
  const end = shell("trap '' TERM; echo $$; while :; do sleep 0.1; done", abort.signal, () =>
    abort.abort(),
  );
  await expect(end).rejects.toMatchObject({ name: "AbortError" });
  expect(isAlive(Number(lines[0]))).toBe(false);
});

test("what a command leaves behind ends with it", async () => {
  const left = lifeLine();
  expect(await shell(`${left.hold}; sleep 60 &`)).toEqual({ kind: "exited", code: 0 });
  await left.gone;
});

test("nothing starts once it is cancelled", async () => {
  await expect(shell("echo x", AbortSignal.abort())).rejects.toMatchObject({ name: "AbortError" });
  expect(lines).toEqual([]);
});

test("a character split over two chunks stays whole, and line ends of all kinds end lines", () => {
  const splitter = new LineSplitter((line) => lines.push(line));
  const bytes = Buffer.from("ä\r\nb\rc\n\nd\r");
  for (const byte of bytes) splitter.write(Buffer.from([byte]));
  splitter.end();
  expect(lines).toEqual(["ä", "b", "c", "", "d"]);
});

test("a line without an end is given out in pieces", () => {
  const splitter = new LineSplitter((line) => lines.push(line));
  splitter.write(Buffer.alloc(150_000, "x"));
  splitter.end();
  expect(lines.map((line) => line.length)).toEqual([65_536, 65_536, 18_928]);
});

test("the last lines are kept", () => {
  const last = new LastLines(2);
  for (const line of ["a", "b", "c"]) last.add(line);
  expect(last.lines).toEqual(["b", "c"]);
});

function statOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return "";
  }
}

test("of a line without an end no more than its beginning is remembered", () => {
  const last = new LastLines(1);
  last.add("x".repeat(70_000));
  expect(last.lines).toEqual([`${"x".repeat(4096)}…`]);
});
