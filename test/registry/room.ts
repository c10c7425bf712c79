/** A client of a fake registry, with a clock that never waits. */
import type { Credentials } from "../../src/model/credentials.ts";
import { RegistryClient } from "../../src/registry/client.ts";
import type { Clock } from "../../src/registry/clock.ts";
import { FakeRegistry } from "../support/fake-registry.ts";

/** Waits are over at once, and noted. */
export class FakeClock implements Clock {
  time = Date.now();
  readonly waits: number[] = [];

  now(): number {
    return this.time;
  }

  random(): number {
    return 0.5;
  }

  async sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.waits.push(milliseconds);
    this.time += milliseconds;
  }
}

const open: { close(): unknown }[] = [];

afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

export async function startRegistry(registry = new FakeRegistry()): Promise<FakeRegistry> {
  await registry.listen();
  open.push(registry);
  return registry;
}

interface ClientOptions {
  readonly credentials?: Credentials;
  readonly clock?: Clock;
  readonly patience?: number;
  readonly tries?: number;
  readonly insecure?: boolean;
  readonly environment?: NodeJS.ProcessEnv;
  readonly certificateFolders?: readonly string[];
}

export function clientOf(host: string, options: ClientOptions = {}): RegistryClient {
  const { credentials, clock = new FakeClock(), environment = {}, ...more } = options;
  const client = new RegistryClient({
    host,
    credentials: async (asked) => (asked === host ? credentials : undefined),
    clock,
    environment,
    certificateFolders: [],
    ...more,
  });
  open.unshift(client);
  return client;
}

export const signal = new AbortController().signal;

/** The message of what is thrown, with its hint. */
export async function problemOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    const { diagnostic } = error as { diagnostic?: { message: string; hint?: string } };
    if (diagnostic === undefined) throw error;
    return `${diagnostic.message}; ${diagnostic.hint}`;
  }
  throw new Error("nothing went wrong");
}
