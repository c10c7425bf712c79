/** Makes the JSON Schema of `server.yaml`, for editors, from the declarations by which it is read. */
import {
  closed,
  described,
  named,
  pattern,
  type Schema,
} from "../../config/schema/schema-words.ts";
import { tokenScopes } from "../../model/serve-options.ts";
import { sizePattern } from "../../model/size.ts";
import { hookKinds } from "../records/config.ts";
import { targetPattern } from "../records/names.ts";
import { hashPattern } from "../records/token.ts";
import { type keysOf, patterns, ranges, readers } from "./declared.ts";

/** Draft 7, which editors know best. */
export const configSchema = (): Schema => ({
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "Configuration of tbuild serve",
  ...section(
    "top",
    {
      listen: described("HOST:PORT; beyond this machine only with `tokens`", {
        type: "string",
        ...pattern(patterns.listen),
      }),
      data: described("Folder of all that the server keeps", text),
      url: described("How others reach it, for links and badges", address),
      read: described("Who may read", { enum: readers }),
      limits: described("How much there is at once, and how long", limits),
      keep: described("Which runs are kept: how many, how long, how many bytes", keep),
      tokens: described("Who may do what; `tbuild serve --new-token` prints one", {
        type: "array",
        items: token,
      }),
      proxies: described("IP addresses of proxies that are believed for whom they speak", {
        type: "array",
        items: text,
      }),
      repositories: described("What is built, by name", {
        ...named(pattern(patterns.repositoryName), repository),
      }),
    },
    ["repositories"],
  ),
});

type Sections = typeof keysOf;
type KeyOf<S extends keyof Sections> = Sections[S][number];

/** Of each key that is read, and of no other: the compiler compares them. */
const section = <S extends keyof Sections>(
  _of: S,
  properties: { readonly [K in KeyOf<S>]: Schema },
  required: readonly KeyOf<S>[] = [],
): Schema => closed(properties, required);

const text: Schema = { type: ["string", "number", "boolean"], minLength: 1 };
const address: Schema = { type: "string", pattern: "^[Hh][Tt][Tt][Pp][Ss]?://" };
const flag: Schema = { type: "boolean" };
const whole = ([minimum, maximum]: readonly [number, number]): Schema => ({
  type: "integer",
  minimum,
  maximum,
});
const oneOrMore = (items: Schema, more: Schema = {}): Schema => ({
  anyOf: [items, { type: "array", items, ...more }],
});
const duration: Schema = {
  anyOf: [
    { type: "number", exclusiveMinimum: 0 },
    { type: "string", pattern: "^[0-9.]+ *(d|h|min|s)?( *[0-9.]+ *(h|min|s))*$" },
  ],
};
const targets = oneOrMore({ type: "string", ...pattern(targetPattern) }, { minItems: 1 });

const limits = section("limits", {
  runs: described("Runs at once", whole(ranges.runs)),
  "per-repository": described("Runs of one repository at once", whole(ranges.runs)),
  queued: described("Runs that may wait", whole(ranges.queued)),
  time: described("How long a run may take: `1 h 30 min`", duration),
  stop: described("How long runs get to end when the server stops", duration),
});

const keep = section("keep", {
  runs: described("Runs that ended", whole(ranges.keptRuns)),
  for: described("How long: `90 d`", duration),
  size: described("How many bytes: `20 GB`", { type: "string", ...pattern(sizePattern) }),
});

const token = section(
  "token",
  {
    name: { ...text, ...pattern(patterns.tokenName) },
    hash: { type: "string", ...pattern(hashPattern) },
    scopes: { type: "array", items: { enum: tokenScopes }, minItems: 1 },
  },
  ["name", "hash", "scopes"],
);

const secret: Schema = {
  ...section("secret", { env: text, file: text }),
  oneOf: [{ required: ["env"] }, { required: ["file"] }],
};

const notice = section("notice", {
  poll: described("How often git is asked; `false` for never", {
    anyOf: [...(duration["anyOf"] as readonly Schema[]), { const: false }],
  }),
  "github-events": described("Address of the repository's events", {
    anyOf: [address, section("events", { url: address, token: secret }, ["url"])],
  }),
  webhook: section("webhook", { kind: { enum: hookKinds }, secret }, ["kind", "secret"]),
});

const schedule = section(
  "schedule",
  {
    cron: described("Minute, hour, day, month, day of the week", { type: "string", minLength: 1 }),
    branch: text,
    targets,
  },
  ["cron"],
);

const repository = section(
  "repository",
  {
    url: described("Where git finds it: HTTP, SSH, or an absolute path", {
      type: "string",
      minLength: 1,
    }),
    branches: described("Names and patterns", oneOrMore(text, { minItems: 1 })),
    targets: described("What a push makes; `[]` for one that others follow", {
      anyOf: [targets, { type: "array", maxItems: 0 }],
    }),
    params: described(
      "Parameters of the target file",
      named(pattern(patterns.parameterName), { type: ["string", "number", "boolean"] }),
    ),
    follows: described("Repositories whose news start a run of this one", oneOrMore(text)),
    update: described("Each run begins with `tbuild update`, of all or of these targets", {
      anyOf: [flag, targets],
    }),
    notice: described("How pushes are noticed", notice),
    schedules: { type: "array", items: schedule },
    "cancel-running": described("A push ends the run of an earlier one to its branch", flag),
    "build-at-start": described("The branches that are found first count as pushed", flag),
    priority: described("Runs of a higher one go first", whole(ranges.priority)),
    time: described("How long one of its runs may take", duration),
    "pull-requests": described("They are not built", { const: false }),
    environment: described("Variables of the server that its runs get", {
      type: "array",
      items: { type: "string", ...pattern(patterns.variableName) },
    }),
  },
  ["url", "targets"],
);
