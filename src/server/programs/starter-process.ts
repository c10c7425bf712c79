/**
 * A small process that starts programs for the server, which is a large one. A program writes right into
 * sockets of the server, so nothing of its output passes through here. A bundle of its own, started by `Starter`.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { FromStarter, Meeting, ToStarter } from "./starter-messages.ts";

const running = new Map<ChildProcess, ToStarter>();

process.once("message", (meeting: Meeting) => {
  process.on("message", (request: ToStarter) => void start(meeting, request));
  tell({ kind: "ready" });
});

/** The server is gone, whatever ended it: nobody wants what it started. */
process.once("disconnect", () => {
  for (const [{ pid }, { leadsGroup }] of running) {
    if (pid === undefined) continue;
    try {
      process.kill(leadsGroup ? -pid : pid, "SIGTERM");
    } catch {
      // It has ended already.
    }
  }
  process.exit();
});

async function start(meeting: Meeting, request: ToStarter): Promise<void> {
  const { id } = request;
  const sockets: Socket[] = [];
  try {
    for (const stream of ["o", "e"]) sockets.push(await socketTo(meeting, `${id}${stream}`));
    begin(request, sockets);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    tell({ kind: "not-started", id, why: code ?? message });
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}

/** @param slot whose output it is; all digits, so that the greeting is always as long */
async function socketTo({ socket, key }: Meeting, slot: string): Promise<Socket> {
  const found = connect(socket);
  await once(found, "connect");
  await new Promise<void>((resolve, reject) => {
    found.write(`${key}${slot}`, (error) => (error ? reject(error) : resolve()));
  });
  return found;
}

function begin(request: ToStarter, sockets: readonly Socket[]): void {
  const { id, folder, environment, leadsGroup, input } = request;
  const [program = "", ...words] = request.argv;
  const child = spawn(program, words, {
    ...(folder !== undefined && { cwd: folder }),
    env: environment,
    detached: leadsGroup,
    stdio: [input === undefined ? "ignore" : "pipe", ...sockets],
  });
  running.set(child, request);
  child.stdin?.on("error", () => {});
  child.stdin?.end(input);
  child.once("error", (error: NodeJS.ErrnoException) => {
    running.delete(child);
    tell({ kind: "not-started", id, why: error.code ?? error.message });
  });
  child.once("exit", (code, by) => {
    running.delete(child);
    tell({ kind: "ended", id, code, by });
  });
  if (child.pid !== undefined) tell({ kind: "started", id, pid: child.pid });
}

/** A server that has just gone hears nothing more. */
function tell(message: FromStarter): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => {});
}
