/** The options that the parameters of a target file are; those of tbuild itself are in the model. */
import type { OptionDefinition } from "../model/command-line.ts";
import type { Parameter } from "../model/parameter.ts";

/** The options that parameters are: `--no-NAME` besides a flag or a list, `--NAME-file` for a secret. */
export function parameterOptions(parameters: readonly Parameter[]): readonly OptionDefinition[] {
  return parameters.flatMap(optionsOf);
}

function optionsOf({
  name,
  type,
  choices,
  form,
  help,
  env,
}: Parameter): readonly OptionDefinition[] {
  const variable = env && `$${env}`;
  switch (type) {
    case "flag":
      return [{ name, help: joined(help, variable && `or ${variable}`), negatable: true }];
    case "secret": {
      const ways = ["its file", ...(variable ? [variable] : [])].join(", or ");
      return [{ name: `${name}-file`, takes: "PATH", help: joined(help, ways) }];
    }
    case "list": {
      const takes = form?.text.toUpperCase() ?? "VALUE";
      const repeated = `${form ? `${takes}, ` : ""}may be given several times`;
      const described = joined(help, repeated, variable && `or ${variable}`);
      const many = { list: true, repeatable: true, negatable: true };
      return [{ name, takes, help: described, ...many, ...(choices && { choices }) }];
    }
    default: {
      const takes = type === "path" ? "PATH" : "VALUE";
      const described = joined(help, variable && `or ${variable}`);
      return [{ name, takes, help: described, ...(choices && { choices }) }];
    }
  }
}

const joined = (...parts: readonly (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined && part !== "").join("; ");
