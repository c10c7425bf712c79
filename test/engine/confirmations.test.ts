import { Confirmations } from "../../src/engine/run/confirmations.ts";
import { DiagnosticError } from "../../src/model/diagnostic.ts";
import type { Event } from "../../src/model/event.ts";
import type { Overwrite } from "../../src/model/overwrite.ts";
import type { Target } from "../../src/model/target.ts";

const target = {
  name: "push",
  title: "push",
  declaredAt: { file: "targets.yaml", line: 3, column: 3 },
} as Target;
const overwrites: readonly Overwrite[] = [
  { reference: "host/web:v1", old: "sha256:aa", new: "sha256:bb", why: "a release" },
];
const { signal } = new AbortController();

function room(more: Partial<ConstructorParameters<typeof Confirmations>[0]>) {
  const states: string[] = [];
  const report = (event: Event): void => {
    if (event.kind === "confirmation") states.push(event.state);
  };
  const reporter = { report, close: () => Promise.resolve() };
  return { states, confirmations: new Confirmations({ reporter, yes: false, ...more }) };
}

const problemOf = (done: Promise<void>): Promise<unknown> =>
  done.then(
    () => undefined,
    (error) => (error instanceof DiagnosticError ? error.diagnostic : error),
  );

test("a yes lets it be done", async () => {
  const { states, confirmations } = room({ ask: async () => true });
  await confirmations.confirm(target, overwrites, signal);
  expect(states).toEqual(["asked", "agreed"]);
});

test("a no ends the target", async () => {
  const { states, confirmations } = room({ ask: async () => false });
  expect(await problemOf(confirmations.confirm(target, overwrites, signal))).toEqual({
    code: "declined",
    blame: "target",
    message: "1 tag would be overwritten, and the answer was no",
    at: target.declaredAt,
    hint: "push under another tag",
  });
  expect(states).toEqual(["asked", "declined"]);
});

test("with `--yes` nobody is asked, and it is told", async () => {
  const ask = () => Promise.reject(new Error("nobody is to be asked"));
  const { states, confirmations } = room({ ask, yes: true });
  await confirmations.confirm(target, overwrites, signal);
  expect(states).toEqual(["given"]);
});

test("without anybody to ask it is refused, and each tag is told", async () => {
  const { states, confirmations } = room({});
  expect(await problemOf(confirmations.confirm(target, overwrites, signal))).toEqual({
    code: "unconfirmed",
    blame: "usage",
    message:
      "1 tag would be overwritten, which cannot be undone, and there is no terminal to ask on",
    at: target.declaredAt,
    hint: "add `--yes` if that is wanted, or push under another tag",
    details: ["host/web:v1: a release", "  now  sha256:aa", "  then sha256:bb"],
  });
  expect(states).toEqual(["unasked"]);
});

test("two targets are not asked for at the same time", async () => {
  const answers: ((yes: boolean) => void)[] = [];
  const { states, confirmations } = room({
    ask: () => new Promise<boolean>((resolve) => answers.push(resolve)),
  });
  const first = confirmations.confirm(target, overwrites, signal);
  const second = confirmations.confirm(target, overwrites, signal);
  await new Promise(setImmediate);
  expect(states).toEqual(["asked"]);
  answers[0]?.(true);
  await first;
  await new Promise(setImmediate);
  answers[1]?.(true);
  await second;
  expect(states).toEqual(["asked", "agreed", "asked", "agreed"]);
});

test("an interruption ends the question", async () => {
  const stop = new AbortController();
  const { states, confirmations } = room({
    ask: (_, aborted) =>
      new Promise((_, reject) => aborted.addEventListener("abort", () => reject(aborted.reason))),
  });
  const asked = confirmations.confirm(target, overwrites, stop.signal);
  await new Promise(setImmediate);
  stop.abort();
  expect(await problemOf(asked)).toBe(stop.signal.reason);
  expect(states).toEqual(["asked", "declined"]);
});
