import { EventEmitter } from "node:events";
import { watchSignals } from "../../src/cli/interruption.ts";
import { tellInterruption } from "../../src/cli/tell-interruption.ts";
import type { Event } from "../../src/model/event.ts";

function watched() {
  const source = new EventEmitter();
  const state = { now: 0, exits: 0 };
  const signal = watchSignals(
    source,
    () => state.now,
    () => {
      state.exits += 1;
    },
  );
  return { source, state, signal };
}

test.each(["SIGINT", "SIGTERM", "SIGHUP"])("%s begins an orderly end", (name) => {
  const { source, state, signal } = watched();
  expect(signal.aborted).toBe(false);
  source.emit(name);
  expect(signal.aborted).toBe(true);
  expect(state.exits).toBe(0);
});

test("one Ctrl-C that npm hands on once more is one", () => {
  const { source, state } = watched();
  source.emit("SIGINT");
  state.now = 100;
  source.emit("SIGINT");
  expect(state.exits).toBe(0);
});

test("a second Ctrl-C ends at once", () => {
  const { source, state } = watched();
  source.emit("SIGINT");
  state.now = 1_000;
  source.emit("SIGINT");
  expect(state.exits).toBe(1);
});

test("an interruption is told when it comes, and once", () => {
  const told: Event[] = [];
  const controller = new AbortController();
  const inner = { report: (event: Event) => told.push(event), close: async () => {} };
  const reporter = tellInterruption(inner, controller.signal);
  controller.abort();
  expect(told).toEqual([{ kind: "interrupted" }]);
  reporter.report({ kind: "interrupted" });
  reporter.report({ kind: "planned", total: 1 });
  expect(told).toEqual([{ kind: "interrupted" }, { kind: "planned", total: 1 }]);
});

test("after the build nothing is told any more", async () => {
  const told: Event[] = [];
  const controller = new AbortController();
  const inner = { report: (event: Event) => told.push(event), close: async () => {} };
  await tellInterruption(inner, controller.signal).close();
  controller.abort();
  expect(told).toEqual([]);
});
