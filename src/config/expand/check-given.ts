/** Whether what the command line gives are parameters at all. What their values are worth is checked where they are resolved. */
import type { Diagnostic } from "../../model/diagnostic.ts";
import { nearest } from "../../model/nearest.ts";
import type { GivenValue, Parameter } from "../../model/parameter.ts";
import * as problems from "../problems/problems.ts";

/** Problems of names that there are not, and of secrets that were typed. */
export function checkGiven(
  parameters: readonly Parameter[],
  given: ReadonlyMap<string, GivenValue>,
): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  const known = optionNames(parameters);
  const secrets = new Map(
    parameters.flatMap((each) => (each.type === "secret" ? [[each.name, each]] : [])),
  );
  for (const name of given.keys()) {
    const secret = secrets.get(name);
    if (secret !== undefined) found.push(problems.secretOnCommandLine(name, secret.env));
    else if (!known.includes(name)) found.push(problems.unknownGiven(name, nearest(name, known)));
  }
  return found;
}

/** The names that the command line may give. */
function optionNames(parameters: readonly Parameter[]): readonly string[] {
  return parameters.map(({ name, type }) => (type === "secret" ? `${name}-file` : name));
}
