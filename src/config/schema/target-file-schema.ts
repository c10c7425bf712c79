/** Makes the JSON Schema of target files, for editors, from the declarations that also validate them. */

import { managedWays } from "../../model/inventory.ts";
import { limitNames, limits } from "../../model/limits.ts";
import { exactSize, sizePattern } from "../../model/size.ts";
import { ruleKinds } from "../../rules/kinds.ts";
import { topKeys } from "../read/load-includes.ts";
import { targetName } from "../read/read-names.ts";
import { parameterName } from "../read/read-parameters.ts";
import { unlessField } from "../read/read-target.ts";
import type { Kind, Kinds } from "../read/reader.ts";
import { reservedParameters, reservedTargets } from "../reserved.ts";
import { attempts } from "./attempts-schema.ts";
import { fieldSchema, shapes } from "./field-schema.ts";
import { help, parameter, valueOrList } from "./parameter-schema.ts";
import { closed, described, named, pattern, type Schema } from "./schema-words.ts";

/** Draft 7, which editors know best. */
export function targetFileSchema(kinds: Kinds = ruleKinds): Schema {
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Target file of tbuild",
    ...closed(topProperties),
    anyOf: [{ required: ["targets"] }, { required: ["include"] }],
    definitions: {
      parameter,
      include,
      registry,
      ...common,
      managed,
      unless,
      ...attempts,
      target: { anyOf: [...kinds.map((kind) => ruleSchema(kind, "target")), group] },
      alternative: { anyOf: [...alternatives(kinds), targetAlternative] },
    },
  };
}

const topProperties: Schema = Object.fromEntries(
  Object.entries({
    name: described("Name of the project; of a file without one, its folder's", {
      type: ["string", "number"],
      pattern: "^[A-Za-z0-9][\\w.-]*$",
    }),
    default: described("Targets that are made when none is named", shapes.references),
    limits: described(
      "How much is kept between runs",
      closed(
        Object.fromEntries(
          limitNames.map((name) => [
            name,
            described(`${limits[name].help}; ${exactSize(limits[name].bytes)} if not given`, {
              type: "string",
              pattern: sizePattern.source,
            }),
          ]),
        ),
      ),
    ),
    cache: described(
      "A registry in which what targets made is kept for others",
      closed(
        {
          registry: described("HOST/NAME", { type: "string" }),
          write: described("Keep there what is made here; `false` if not given", shapes.flag),
        },
        ["registry"],
      ),
    ),
    registries: described(
      "How registries are reached, by host",
      named({ pattern: "^[^/]*[.:\\]][^/]*$|^localhost$" }, { $ref: "#/definitions/registry" }),
    ),
    params: described(
      "Values that the command line or the environment may give",
      named(pattern(parameterName, reservedParameters), { $ref: "#/definitions/parameter" }),
    ),
    include: described(
      "Other target files, by the name that their targets get",
      named(pattern(targetName), { $ref: "#/definitions/include" }),
    ),
    pools: described("How many targets of a rule or of a pool may run at once", {
      type: "object",
      additionalProperties: { type: "integer", minimum: 1 },
    }),
    targets: described(
      "What can be made",
      named(pattern(targetName, reservedTargets), { $ref: "#/definitions/target" }),
    ),
  }).filter(([key]) => topKeys.includes(key)),
);

const registry: Schema = closed({
  insecure: described("Speak to it without TLS where it has none", { type: "boolean" }),
  mirrors: described("HOST or HOST/NAME that rule `pull` asks first, in this order", {
    type: "array",
    items: { type: "string" },
    uniqueItems: true,
  }),
});

const include: Schema = {
  anyOf: [
    { type: "string" },
    closed(
      {
        file: described("Path of the target file", { type: "string" }),
        params: described("Values that are fixed for it", {
          type: "object",
          additionalProperties: valueOrList,
        }),
      },
      ["file"],
    ),
  ],
};

const dependencies: Schema = {
  needs: described("Targets needed, part of the fingerprint", shapes.references),
  after: described("Targets needed first that are no part of the fingerprint", shapes.references),
  with: described("Services to keep up while this is made", {
    anyOf: [
      ...shapes.references.anyOf,
      {
        type: "object",
        additionalProperties: {
          anyOf: [
            { type: "null" },
            closed({
              uses: described("Patterns over the files of the service that count", shapes.texts),
            }),
          ],
        },
      },
    ],
  }),
};

const unless = described(unlessField.help, fieldSchema(unlessField));

const managed = described("Who sees to it that the image is built; `make` if not given", {
  enum: managedWays,
});

const common: Schema = {
  help,
  ...dependencies,
  matrix: described("Names and lists of values: one target for each combination", {
    type: "object",
    minProperties: 1,
    propertyNames: { pattern: "^[A-Za-z_][\\w-]*$" },
    additionalProperties: {
      anyOf: [
        { type: "array", items: shapes.value, minItems: 1, uniqueItems: true },
        { type: "string", pattern: "^\\$\\{[^}]*\\}$" },
      ],
    },
  }),
};

/** By reference, since each rule repeats them. */
const refs = (keys: Schema): Schema =>
  Object.fromEntries(Object.keys(keys).map((key) => [key, { $ref: `#/definitions/${key}` }]));

const group: Schema = described("A group: targets made together", closed(refs(common)));

function ruleSchema(kind: Kind, place: "target" | "alternative"): Schema {
  const fields = Object.entries(kind.fields);
  const properties = fields.map(([key, field]) => [key, described(field.help, fieldSchema(field))]);
  const required = fields.filter(([, field]) => field.required).map(([key]) => key);
  return described(
    kind.help,
    closed(
      {
        ...Object.fromEntries(properties),
        ...refs(place === "target" ? common : dependencies),
        ...(kind.kind === "first-of" ? {} : refs(attempts)),
        ...(place === "alternative" ? refs({ unless }) : {}),
        ...(kind.image ? refs({ managed }) : {}),
      },
      required,
    ),
  );
}

const alternatives = (kinds: Kinds) =>
  kinds.filter((kind) => kind.kind !== "first-of").map((kind) => ruleSchema(kind, "alternative"));

const targetAlternative: Schema = described(
  "Another target",
  closed({ target: described("Name of the target", shapes.references), ...refs({ unless }) }, [
    "target",
  ]),
);
