/**
 * The composition root of the server: takes the data folder, makes the parts, resumes what was running, and
 * stops in order. What is asked of it by HTTP is answered by the part that it is given.
 */
import { mkdirSync } from "node:fs";
import { DiagnosticError } from "../model/diagnostic.ts";
import { fail, ok, type Result } from "../model/result.ts";
import { type Lock, type LockOwner, takeLock } from "../store/lock.ts";
import type { ServerCore } from "./core.ts";
import { makeParts } from "./make-parts.ts";
import * as problems from "./problems.ts";
import { startHere } from "./programs/program.ts";
import { Starter } from "./programs/starter.ts";
import { DataFolder } from "./records/data-folder.ts";
import { endLeftovers } from "./runs/child.ts";
import type { HttpParts, HttpServer, ServeRequest } from "./serve-request.ts";

/** Serves until the signal is aborted. */
export async function serve(request: ServeRequest): Promise<Result<void>> {
  const { data } = request.config.read.config;
  try {
    mkdirSync(data, { recursive: true });
  } catch (error) {
    return fail(problems.dataUnusable(data, (error as Error).message));
  }
  const lock = await lockData(data);
  if (!lock.ok) return lock;
  try {
    return await serveLocked(request, new DataFolder(data));
  } finally {
    lock.value.release();
  }
}

/** Does not wait: two servers of one folder are a mistake. */
async function lockData(data: string): Promise<Result<Lock>> {
  const giveUp = new AbortController();
  let owner: LockOwner | undefined;
  const onWait = (other: LockOwner) => {
    owner = other;
    giveUp.abort();
  };
  try {
    return ok(await takeLock(new DataFolder(data).lock, "tbuild serve", onWait, giveUp.signal));
  } catch (error) {
    if (owner === undefined) return fail(problems.dataUnusable(data, (error as Error).message));
    return fail(problems.dataInUse(data, owner.pid));
  }
}

async function serveLocked(request: ServeRequest, folder: DataFolder): Promise<Result<void>> {
  const { clock, tell } = request;
  const mark = `${folder.path}|`;
  const ended = await endLeftovers(mark, clock);
  if (ended > 0) tell(`ended ${ended} of the last server's processes`);
  const starter = request.starter && (await Starter.open(request.starter, folder.starter));
  try {
    const start = starter ? starter.start : startHere;
    return await serveWith(request, makeParts(request, folder, { mark, start }));
  } finally {
    if (starter) await starter.close();
  }
}

async function serveWith(
  request: ServeRequest,
  parts: ReturnType<typeof makeParts>,
): Promise<Result<void>> {
  const { signal, tell } = request;
  const { core, dispatcher, noticing, file, runs, upkeep, following } = parts;
  const resumed = runs.open().filter(({ state }) => state === "running").length;
  if (resumed > 0) tell(`resuming ${resumed} ${resumed === 1 ? "run" : "runs"}`);
  parts.tidy();
  const opened = await openHttp(request, core, parts.forHttp);
  if (!opened.ok) {
    await parts.close();
    return opened;
  }
  const http = opened.value;
  tell(http ? `listening on ${http.address}` : "running without HTTP");
  file.begin();
  dispatcher.pump();
  await noticing.follow(file.config);
  void following.look();
  void upkeep.pack();
  request.ready?.(core);
  await aborted(signal);
  const { stop } = file.config.limits;
  if (dispatcher.isBusy) tell(problems.stopping(stop));
  file.end();
  await Promise.all([noticing.end(), upkeep.end()]);
  await dispatcher.stop(stop);
  await following.settled();
  await http?.close();
  await parts.close();
  return ok(undefined);
}

/** An address that is taken is no bug: it is told. */
async function openHttp(
  { http }: ServeRequest,
  core: ServerCore,
  parts: HttpParts,
): Promise<Result<HttpServer | undefined>> {
  try {
    return ok(await http?.(core, parts));
  } catch (error) {
    if (error instanceof DiagnosticError) return fail(error.diagnostic);
    throw error;
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
