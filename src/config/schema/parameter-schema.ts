/** The schema of a parameter: its type, its values and, of a list, their form. */
import { parameterTypes } from "../../model/parameter.ts";
import { environmentName } from "../read/read-parameters.ts";
import { shapes } from "./field-schema.ts";
import { closed, described, type Schema } from "./schema-words.ts";

export const help = described("One line for people", { type: ["string", "number", "boolean"] });

const values: Schema = { type: "array", items: shapes.value, minItems: 1 };

/** Of a list that an including file gives, too. */
export const valueOrList: Schema = { anyOf: [shapes.value, values] };

const onlyOf = (...types: readonly string[]): Schema => ({
  properties: { type: { enum: types } },
});

export const parameter: Schema = {
  anyOf: [
    { type: "null" },
    {
      ...closed({
        type: described("Kind of value; found from `default` or `choices` where it is left out", {
          enum: parameterTypes,
        }),
        default: described("Value when none is given; of a list several", valueOrList),
        file: described("File of one line that holds the value when none is given", {
          type: "string",
        }),
        choices: described("The values allowed", values),
        form: described("Pieces of the values of a list, such as `name==version`", {
          type: "string",
        }),
        pattern: described(
          "Regular expression that a whole value must match; of a form, by piece",
          {
            anyOf: [
              { type: "string" },
              { type: "object", additionalProperties: { type: "string" } },
            ],
          },
        ),
        required: described("The default of an outer file does not count", { type: "boolean" }),
        env: described("Environment variable that gives it", {
          type: "string",
          pattern: environmentName.source,
        }),
        help,
      }),
      dependencies: { choices: onlyOf("choice", "list"), form: onlyOf("list") },
    },
  ],
};
