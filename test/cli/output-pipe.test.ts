import { PassThrough } from "node:stream";
import { outputPipe } from "../../src/cli/output-pipe.ts";

const pipeOf = (isTTY: boolean, log?: "json" | "plain") => {
  const stdout = new PassThrough();
  const place = { out: { isTTY }, process: { stdout } } as never;
  return { ...outputPipe(place, log ? { log } : {}), stdout };
};

test("standard output is given once", () => {
  const { take, problem, stdout } = pipeOf(false);
  expect(problem).toBeUndefined();
  expect(take()).toBe(stdout);
  expect(take).toThrow("another target writes to standard output");
});

test("a terminal gets no bytes", () => {
  const { take, problem } = pipeOf(true, "plain");
  expect(problem?.message).toBe("standard output is a terminal, and an archive is no text");
  expect(take).toThrow("standard output is a terminal, and an archive is no text");
});

test("bytes and JSON do not go to one place", () => {
  expect(pipeOf(false, "json").problem?.message).toBe(
    "`--log json` and an archive cannot both go to standard output",
  );
});
