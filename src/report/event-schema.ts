/** The JSON Schema of run logs and of `--log json`, checked against the types of the events. */
import type { Artifact, Digest } from "../model/artifact.ts";
import type { Diagnostic, Location } from "../model/diagnostic.ts";
import type {
  CriticalPath,
  CriticalTarget,
  Event,
  Names,
  PassedOver,
  PushedTag,
} from "../model/event.ts";
import { type Removal, type RemovalTotal, removalKinds } from "../model/removal.ts";
import { type RunHeader, runLogFormat, wantedKept } from "../model/run-log.ts";
import type { StaleReason } from "../model/trace.ts";
import type { Traffic } from "../model/traffic.ts";
import { confirmation } from "./confirmation-schema.ts";
import {
  constant,
  described,
  type Fields,
  flag,
  type Kinds,
  list,
  mapping,
  members,
  oneOf,
  optional,
  type Schema,
  seconds,
  type Typed,
  text,
  union,
  whole,
} from "./typed-schema.ts";

/** Draft 7, as that of target files. */
export function eventSchema(): Schema {
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "A line of a run log of tbuild, or of a build with `--log json`",
    description:
      "A run log begins with the line `run`, and each event of it has `ms`. Targets that were fresh or " +
      "never begun are not told one by one: `finished` counts them. It has no `output`, which is in the " +
      "log of each target, no `transfer`, and no `would-run`, since a dry run leaves no log. `--log json` " +
      "prints all events, without the line `run` and without `ms`. Readers pass over keys and kinds that " +
      "they do not know.",
    anyOf: [...members<RunHeader>({ run: header }), ...members<Event>(events).map(timed)],
  };
}

const milliseconds = described("Milliseconds since the run started", seconds);

function timed(event: Schema): Schema {
  const properties = event["properties"] as Schema;
  return { ...event, properties: { ...properties, ms: milliseconds.schema } };
}

const header: Fields<Omit<RunHeader, "kind">> = {
  format: described(
    "Raised when readers of the earlier lines would go wrong",
    constant(runLogFormat),
  ),
  tbuild: described("Version of tbuild", text),
  command: text,
  startedAt: described("UTC, in ISO 8601", text),
};

const location = mapping<Location>({
  file: text,
  line: whole,
  column: whole,
  length: optional(whole),
});

const problem = mapping<Diagnostic>({
  code: described("Stable, in kebab-case", text),
  blame: oneOf("usage", "target", "surroundings"),
  message: text,
  at: optional(location),
  hint: optional(text),
  exitCode: optional(described("Of the command or the step that failed", whole)),
  transient: optional(described("It may pass by itself", constant(true))),
  details: optional(list(text)),
});

const digest = { schema: text.schema } as Typed<Digest>;

const artifact = union<Artifact>({
  file: { path: text, digest },
  tree: { path: text, digest },
  image: { digest, references: list(text) },
  published: { reference: described("In its registry", text), digest },
});

const reason = union<StaleReason>({
  "never-made": {},
  "trace-evicted": {
    at: described("UTC, in ISO 8601", text),
    limit: described("Bytes that traces may have", whole),
  },
  forced: {},
  always: {},
  "part-added": { part: text },
  "part-removed": { part: text },
  "part-changed": { part: text, from: text, to: text },
  "output-missing": { output: text },
  "output-changed": { output: text },
  "image-missing": { reference: text },
  "image-moved": { reference: text },
  "other-engine": {},
});

const passedOver = mapping<PassedOver>({ alternative: text, why: text });

const criticalPath = mapping<CriticalPath>({
  targets: list(
    mapping<CriticalTarget>({
      target: text,
      title: text,
      seconds,
      waited: described("Seconds that it was ready while others had the jobs", seconds),
    }),
  ),
  seconds: described("No number of jobs makes the build shorter", seconds),
  waited: seconds,
  estimates: described(
    "Seconds with the jobs of this run, with twice as many, and with any number, where `jobs` is absent",
    list(mapping<CriticalPath["estimates"][number]>({ jobs: optional(whole), seconds })),
  ),
});

const names = described(
  "The first of many names, and how many there are",
  mapping<Names>({ names: list(text), total: whole }),
);

const traffic = mapping<Traffic>({
  sent: described("Bytes sent or written", whole),
  mounted: described("Bytes taken over from another repository of the registry", whole),
  there: described("Bytes that were there already", whole),
  shared: described("Bytes not sent again because images of the same run share them", whole),
});

const title = described("What to call it in messages", text);

const removal: Fields<Removal> = {
  what: oneOf(...removalKinds),
  name: text,
  count: described("How many things it stands for", whole),
  bytes: described("Of disk that it frees", whole),
};

const events: Kinds<Event> = {
  started: {
    project: text,
    wanted: described(`In a run log no more than ${wantedKept} of them`, list(text)),
    total: described("Targets with a rule in the plan", whole),
    fresh: described(
      "Those of them that are known to be fresh, of which nothing more is told",
      whole,
    ),
    jobs: whole,
  },
  planned: { total: described("Raised by an alternative", whole) },
  "target-started": {
    target: text,
    title,
    rule: text,
    reason,
    why: described("The reason in words", text),
  },
  "artifact-lost": {
    target: text,
    title,
    was: described("What it had been in this build so far", oneOf("built", "restored", "fresh")),
    by: described("The target that needs it", text),
    problem,
  },
  "attempt-failed": {
    target: text,
    title,
    attempt: whole,
    of: whole,
    problem,
    wait: described("Seconds until the next attempt", seconds),
  },
  "attempt-started": { target: text, title, attempt: whole, of: whole },
  step: {
    target: text,
    id: text,
    name: text,
    state: oneOf("started", "done", "cached", "failed"),
    seconds: optional(seconds),
  },
  output: { target: text, line: text, step: optional(text) },
  transfer: { target: text, id: text, done: whole, total: optional(whole) },
  alternative: { target: text, chosen: text, passedOver: list(passedOver) },
  service: {
    target: text,
    state: oneOf("starting", "ready", "stopped"),
    address: optional(text),
  },
  "target-finished": {
    target: text,
    title,
    rule: text,
    outcome: oneOf("built", "restored", "fresh", "failed", "unavailable", "skipped", "cancelled"),
    seconds,
    artifacts: list(artifact),
    note: optional(text),
    traffic: optional(described("Of a target that pushed or saved images", traffic)),
    problem: optional(problem),
    log: optional(described("Path of the log of a target that ran, from the workspace", text)),
    because: optional(described("The failed target that a skipped one needs", text)),
  },
  locked: { file: text, added: list(text) },
  pushed: { target: text, tags: list(mapping<PushedTag>({ reference: text, digest })) },
  confirmation,
  removed: { target: text, ...removal },
  "would-remove": { target: text, ...removal },
  "would-free": {
    target: text,
    totals: list(
      mapping<RemovalTotal>({ what: oneOf(...removalKinds), count: whole, bytes: whole }),
    ),
    bytes: whole,
  },
  "would-run": { target: text, title, rule: text, why: text, certain: flag },
  waiting: { pid: whole, command: text },
  warning: { problem },
  problem: { problem },
  changed: { changed: names, stops: described("Whether the build that runs ends for it", flag) },
  watching: {
    files: whole,
    folders: whole,
    needed: optional(described("What must change before what failed can end otherwise", names)),
  },
  interrupted: {},
  finished: {
    built: whole,
    restored: optional(described("Where the shared cache had any", whole)),
    fresh: whole,
    failed: whole,
    skipped: described("Those that were cancelled too", whole),
    seconds,
    criticalPath: optional(
      described("Where two or more targets ran and none failed", criticalPath),
    ),
  },
};
