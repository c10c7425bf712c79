/** Calls the engine for commands that look and make nothing: no reporter, nothing written. */
import type { BuildParts, BuildRequest } from "../engine/build-request.ts";
import type { LazyEngine } from "./lazy-engine.ts";
import type { Prepared, TargetRequest } from "./prepare.ts";
import type { Surroundings } from "./surroundings.ts";

export const requestOf = (
  { project, wanted, pins, limits }: Prepared & { readonly ok: true },
  { common }: TargetRequest,
  { environment, signal }: Surroundings,
): BuildRequest => ({
  ...common,
  project,
  wanted,
  pins,
  limits,
  command: "",
  version: "",
  environment,
  signal,
});

export const quietParts = (engine: LazyEngine): BuildParts => ({
  reporter: { report: () => undefined, close: () => Promise.resolve() },
  docker: () => engine.connect(),
  redact: (text) => text,
});
