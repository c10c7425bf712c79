/** Parameters as people type them, one a line: `name=value`. Which there are is known to the target file. */
import type { ParameterValue } from "../server/records/run.ts";

export type ReadParameters =
  | { readonly ok: true; readonly values: Readonly<Record<string, ParameterValue>> }
  | { readonly ok: false; readonly line: string };

/** Values stay texts: the target file says which of them are numbers. */
export function readParameters(text: string): ReadParameters {
  const values: Record<string, ParameterValue> = {};
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    const [, name, value] = /^\s*([A-Za-z][\w.-]*)\s*=(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) return { ok: false, line: line.trim() };
    values[name] = value.trim();
  }
  return { ok: true, values };
}
