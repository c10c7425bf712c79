/** Reaches an engine through the `ssh` program, with the user's own keys, hosts and settings. */
import { type ChildProcess, spawn } from "node:child_process";
import { Agent } from "node:http";
import { Duplex } from "node:stream";
import type { Endpoint } from "./endpoint.ts";
import { engineUnreachable } from "./errors.ts";

type SshEndpoint = Extract<Endpoint, { kind: "ssh" }>;

/**
 * An agent whose connections are `ssh host docker system dial-stdio`, as the docker command line's
 * are. dockerode's own way checks no host keys and reads no `~/.ssh/config`.
 */
export function sshAgent(endpoint: SshEndpoint, environment: NodeJS.ProcessEnv): Agent {
  const agent = new Agent({ keepAlive: true });
  const create = () => sshConnection(endpoint, environment);
  return Object.assign(agent, { createConnection: create });
}

/**
 * Arguments of the `ssh` program.
 * @internal exported for its test
 */
export function sshArguments({ host, user, port }: SshEndpoint): string[] {
  const login = user === undefined ? [] : ["-l", user];
  const door = port === undefined ? [] : ["-p", String(port)];
  // `--` keeps a host that starts with a dash from being an option.
  return [...login, ...door, "-o", "ConnectTimeout=10", "-T", "--", host].concat(
    "docker system dial-stdio",
  );
}

function sshConnection(endpoint: SshEndpoint, environment: NodeJS.ProcessEnv): Duplex {
  const child = spawn("ssh", sshArguments(endpoint), { env: environment });
  const socket = new SshSocket(child);
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  child.on("error", (error) => socket.destroy(failed(endpoint, spawnProblem(error))));
  // The end of the pipe is passed on only here: the exit code tells why there was one.
  child.on("close", (code) => {
    if (code) socket.destroy(failed(endpoint, lastLine(said) ?? `ssh exited with ${code}`));
    else socket.push(null);
  });
  return socket;
}

function failed(endpoint: SshEndpoint, why: string) {
  const hint = `check that \`ssh ${endpoint.host} docker version\` works, or set DOCKER_HOST`;
  return engineUnreachable(endpoint.address, { why, hint });
}

function spawnProblem({ code, message }: NodeJS.ErrnoException): string {
  return code === "ENOENT" ? "no program `ssh` in PATH" : message;
}

function lastLine(text: string): string | undefined {
  return text.trim().split("\n").at(-1) || undefined;
}

/** The two pipes of a program as one socket, with what Node's HTTP client asks of a socket. */
class SshSocket extends Duplex {
  readonly #child: ChildProcess;

  constructor(child: ChildProcess) {
    super();
    this.#child = child;
    child.stdout?.on("data", (chunk: Buffer) => {
      if (!this.push(chunk)) child.stdout?.pause();
    });
    // The exit code tells more than a broken pipe.
    child.stdin?.on("error", () => undefined);
  }

  override _read(): void {
    this.#child.stdout?.resume();
  }

  override _write(chunk: Buffer, _: string, done: (error?: Error | null) => void): void {
    if (this.#child.stdin?.write(chunk)) done();
    else this.#child.stdin?.once("drain", () => done());
  }

  override _final(done: () => void): void {
    this.#child.stdin?.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    // Not all that may stand behind `ssh` ends by the signal, but at the end of its pipes.
    for (const pipe of this.#child.stdio) (pipe as { destroy?: () => void } | null)?.destroy?.();
    this.#child.kill();
    this.#child.unref();
    done(error);
  }

  setTimeout(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  /** The process may end while the connection is only kept for later. */
  unref(): this {
    this.#child.unref();
    for (const pipe of this.#child.stdio) (pipe as { unref?: () => void } | null)?.unref?.();
    return this;
  }

  ref(): this {
    this.#child.ref();
    for (const pipe of this.#child.stdio) (pipe as { ref?: () => void } | null)?.ref?.();
    return this;
  }
}
