/** Values of secret parameters, for the rules that hand them to commands and builds. */
import { usageError } from "./problems.ts";
import type { ActContext } from "./rule.ts";

/**
 * The value of a secret parameter.
 * @throws DiagnosticError when nobody gave it
 */
export function secretOf(context: ActContext, parameter: string): string {
  const value = context.project.secrets.get(parameter);
  if (value !== undefined) return value;
  throw usageError(context.target, "secrets", {
    code: "secret-not-given",
    message: `secret \`${parameter}\` is not given`,
    hint: `give its file with \`--${parameter}-file PATH\`, or its environment variable`,
  });
}
