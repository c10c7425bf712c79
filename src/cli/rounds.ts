/** The builds of a watch: loads the target files for each, and makes its reporter and its engine. */

import type { BuildResult } from "../engine/build.ts";
import { build } from "../engine/build.ts";
import type { BuildRequest } from "../engine/build-request.ts";
import { watchOptions } from "../model/command-options.ts";
import type { Reporter } from "../model/event.ts";
import { fail, ok } from "../model/result.ts";
import { Redactor, redactEvents } from "../report/redact.ts";
import type { BuildOrder, Loaded, Round } from "../watch/watch-parts.ts";
import { againCommand } from "./again.ts";
import { LazyEngine } from "./lazy-engine.ts";
import { makeReporter } from "./make-reporter.ts";
import { type Prepared, prepare, type TargetRequest } from "./prepare.ts";
import { requestOf } from "./quiet-build.ts";
import { commandOf } from "./shell-word.ts";
import type { Surroundings } from "./surroundings.ts";
import { tellInterruption } from "./tell-interruption.ts";

export interface LoadedTargets extends Loaded {
  readonly again: (target: string) => string;
}

export class Rounds {
  readonly #request: TargetRequest;
  readonly #place: Surroundings;
  #reporter: Reporter | undefined;

  constructor(request: TargetRequest, place: Surroundings) {
    this.#request = request;
    this.#place = place;
  }

  async load(): Promise<LoadedTargets> {
    const options = { ownOptions: watchOptions };
    return this.loadedFrom(await prepare(this.#request, this.#place, options));
  }

  loadedFrom(prepared: Prepared): LoadedTargets {
    const { root, tried: files } = prepared;
    const { argv } = this.#request;
    if (!prepared.ok) return { root, files, request: fail(...prepared.problems), again: String };
    const command = commandOf(["watch", ...argv]);
    const request = { ...requestOf(prepared, this.#request, this.#place), command };
    const again = (target: string) => againCommand(target, argv, prepared.declaration);
    return { root, files, request: ok(request), again };
  }

  /** A reporter sums up one build, and shows target files as they were then: each round has its own. */
  async begin({ root, request, again }: LoadedTargets): Promise<Round> {
    await this.close();
    const redactor = new Redactor(request.ok ? request.value.project.secrets.values() : []);
    const inner = await makeReporter(this.#request.common, this.#place, { root, again, redactor });
    const reporter = redactEvents(inner, redactor);
    this.#reporter = reporter;
    const redact = (text: string): string => redactor.text(text);
    return {
      report: (event) => reporter.report(event),
      build: (order) => {
        if (!request.ok) throw new Error("what was not loaded cannot be built");
        return this.#build(request.value, order, { reporter, redact });
      },
    };
  }

  async close(): Promise<void> {
    await this.#reporter?.close();
    this.#reporter = undefined;
  }

  /** A new engine each time: one that could not be reached may be there now. */
  async #build(
    request: BuildRequest,
    { force, signal, onEvent }: BuildOrder,
    {
      reporter,
      redact,
    }: { readonly reporter: Reporter; readonly redact: (text: string) => string },
  ): Promise<BuildResult> {
    const user = this.#place.signal;
    const engine = new LazyEngine(this.#place);
    const told = tellInterruption(
      { report: (e) => reporter.report(e), close: async () => {} },
      user,
    );
    const report: Reporter["report"] = (event) => {
      onEvent(event);
      // A build that a change stopped was not interrupted by anyone.
      if (event.kind !== "interrupted" || user.aborted) told.report(event);
    };
    const parts = {
      reporter: { report, close: told.close },
      docker: () => engine.connect(),
      redact,
    };
    try {
      return await build({ ...request, force, signal }, parts);
    } finally {
      await told.close();
      await engine.close();
    }
  }
}
