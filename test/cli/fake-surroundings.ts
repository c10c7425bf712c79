/** A process as commands see it, without one: texts instead of streams, and no engine. */
import type { Surroundings } from "../../src/cli/surroundings.ts";

type OutputStream = Surroundings["out"];

class FakeStream implements OutputStream {
  text = "";
  readonly isTTY = false;
  readonly columns = 80;

  write(text: string): void {
    this.text += text;
  }

  on(): void {}
  off(): void {}

  get lines(): string[] {
    return this.text.split("\n").slice(0, -1);
  }
}

export interface FakeSurroundings extends Surroundings {
  readonly out: FakeStream;
  readonly err: FakeStream;
}

/** @param more what is not as everywhere else */
export function fakeSurroundings(cwd: string, more: Partial<Surroundings> = {}): FakeSurroundings {
  return {
    cwd,
    cpus: () => 2,
    environment: {},
    process,
    version: () => "1.2.3",
    signal: new AbortController().signal,
    connectDocker: () => Promise.reject(new Error("this test has no engine")),
    ...more,
    out: new FakeStream(),
    err: new FakeStream(),
  };
}
