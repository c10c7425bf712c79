/** The schema of the keys that say how often a target is attempted, how long and where. */
import { failureKinds } from "../../model/attempts.ts";
import { mostRetries } from "../read/read-attempts.ts";
import { closed, described, type Schema } from "./schema-words.ts";

const duration = {
  anyOf: [
    { type: "number", exclusiveMinimum: 0 },
    { type: "string", pattern: "\\$\\{|^[0-9.]+ *(d|h|min|s)?( *[0-9.]+ *(h|min|s))*$" },
  ],
};
const times = {
  anyOf: [
    { type: "integer", minimum: 0, maximum: mostRetries },
    { type: "string", pattern: "\\$\\{" },
  ],
};
const worthAnother = { anyOf: [{ enum: failureKinds }, { type: "integer", minimum: 1 }] };

/** Only for what runs. */
export const attempts: Schema = {
  timeout: described("How long one attempt may take: `90 s`, `1 h 30 min`", duration),
  retries: described("How many more attempts a failure is worth", {
    anyOf: [
      ...times.anyOf,
      closed(
        {
          times,
          on: described("Kinds of failures that are worth another attempt, and exit codes", {
            anyOf: [...worthAnother.anyOf, { type: "array", items: worthAnother, minItems: 1 }],
          }),
          wait: described("Before the second attempt", {
            anyOf: [...duration.anyOf, { const: 0 }],
          }),
          factor: described("Each wait is so many times the one before", {
            type: "number",
            minimum: 1,
            maximum: 100,
          }),
          "longest-wait": described("No wait is longer", duration),
          jitter: described("Share by which a wait is longer or shorter at random", {
            type: "number",
            minimum: 0,
            maximum: 1,
          }),
          within: described("What all attempts may take together", duration),
        },
        ["times"],
      ),
    ],
  }),
  pool: described("Pool that it takes a place in while it runs", { type: ["string", "number"] }),
};
