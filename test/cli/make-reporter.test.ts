import { makeReporter } from "../../src/cli/make-reporter.ts";
import type { CommonRequest } from "../../src/cli/request.ts";
import type { Event } from "../../src/model/event.ts";
import { Redactor } from "../../src/report/redact.ts";
import { fakeSurroundings } from "./fake-surroundings.ts";

const request: CommonRequest = {
  directory: "/",
  jobs: 1,
  keepGoing: false,
  dryRun: false,
  force: false,
  yes: false,
  locked: false,
  fallback: true,
  cacheFrom: true,
  cacheTo: true,
  quiet: false,
  verbose: false,
  reports: {},
  sources: [],
};
const problem = { code: "x", blame: "usage", message: "all is lost" } as const;
const build = { root: "/", again: (target: string) => target, redactor: new Redactor() };

/** What a reporter writes of one problem. */
async function written(more: Partial<CommonRequest>, environment: NodeJS.ProcessEnv = {}) {
  const place = fakeSurroundings("/", { environment });
  const reporter = await makeReporter({ ...request, ...more }, place, build);
  const events: Event[] = [
    { kind: "waiting", pid: 7, command: "tbuild all" },
    { kind: "problem", problem },
  ];
  for (const event of events) reporter.report(event);
  await reporter.close();
  return { out: place.out.text, err: place.err.text };
}

const waiting = "waiting for another tbuild in this workspace, process 7: tbuild all\n";

test("without a terminal the report is plain, on standard error", async () => {
  expect(await written({})).toEqual({ out: "", err: `${waiting}error: all is lost\n` });
});

test("programs get lines of JSON on standard output, and nothing else", async () => {
  expect(await written({ log: "json", quiet: true })).toEqual({
    out: `{"kind":"waiting","pid":7,"command":"tbuild all"}\n{"kind":"problem","problem":${JSON.stringify(problem)}}\n`,
    err: "",
  });
});

test("quiet says only what goes wrong", async () => {
  expect(await written({ quiet: true })).toEqual({ out: "", err: "error: all is lost\n" });
});

test("`NO_COLOR` and the lack of a terminal keep colours out, `FORCE_COLOR` brings them", async () => {
  const colour = "\u001b[";
  expect((await written({ log: "pretty" })).err).not.toContain(colour);
  expect((await written({ log: "pretty" }, { FORCE_COLOR: "1" })).err).toContain(colour);
  expect((await written({ log: "pretty" }, { NO_COLOR: "1" })).err).not.toContain(colour);
  expect((await written({ log: "plain" }, { FORCE_COLOR: "1" })).err).not.toContain(colour);
});
