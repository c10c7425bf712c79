import { EventEmitter } from "node:events";
import { terminalOf } from "../../src/report/terminal.ts";

class FakeStream extends EventEmitter {
  columns = 40;
  rows = 10;
  text = "";

  write(text: string): void {
    this.text += text;
  }
}

class FakeProcess extends EventEmitter {
  readonly pid = 7;
  readonly killed: unknown[] = [];

  kill(...args: unknown[]): void {
    this.killed.push(args);
  }
}

function made() {
  const stream = new FakeStream();
  const process = new FakeProcess();
  const terminal = terminalOf(stream, process);
  const changes: string[] = [];
  const stop = terminal.onChange((change) => changes.push(change));
  return { stream, process, terminal, changes, stop };
}

const hide = "\x1b[?25l";
const show = "\x1b[?25h";

test("the cursor comes back however the process ends", () => {
  const { stream, process, terminal } = made();
  terminal.hideCursor();
  terminal.hideCursor();
  expect(stream.text).toBe(hide);
  process.emit("exit");
  expect(stream.text).toBe(hide + show);
});

test("a cursor that is there is left alone", () => {
  const { stream, process } = made();
  process.emit("exit");
  expect(stream.text).toBe("");
});

test("the shell that Ctrl-Z leads to has its cursor, and what was drawn is drawn anew afterwards", () => {
  const { stream, process, terminal, changes } = made();
  terminal.hideCursor();
  process.emit("SIGTSTP");
  expect(stream.text).toBe(hide + show);
  expect(process.killed).toEqual([[7, "SIGSTOP"]]);
  process.emit("SIGCONT");
  expect(changes).toEqual(["resumed"]);
});

test("a change of size is told", () => {
  const { stream, terminal, changes } = made();
  stream.columns = 20;
  stream.emit("resize");
  expect(changes).toEqual(["resized"]);
  expect(terminal.columns).toBe(20);
});

test("a terminal that does not know its size has the usual one", () => {
  const { stream, terminal } = made();
  stream.columns = 0;
  stream.rows = 0;
  expect([terminal.columns, terminal.rows]).toEqual([80, 24]);
});

test("once nobody listens nothing is left behind", () => {
  const { stream, process, terminal, stop } = made();
  terminal.hideCursor();
  stop();
  expect(stream.text).toBe(hide + show);
  expect(process.eventNames()).toEqual([]);
  expect(stream.eventNames()).toEqual([]);
});
