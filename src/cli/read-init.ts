/** Reads the words of `tbuild init` and `tbuild import`, which need no target file and have options of their own. */
import { commonOptions, type OptionDefinition } from "../model/command-line.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { importFormats, importOptions, initFormats, initOptions } from "../model/init-options.ts";
import { fail, ok, type Result } from "../model/result.ts";
import * as problems from "./init-problems.ts";
import { readWords, unknownOptions } from "./read-words.ts";
import type { CommonRequest, Request } from "./request.ts";
import { badOptionValue } from "./usage-problems.ts";

export function readInit(argv: readonly string[], common: CommonRequest): Result<Request> {
  const { others, found, text, typed } = readOwn(argv, initOptions);
  const [folder, ...more] = others;
  const given = text("from");
  const from = initFormats.find((known) => known === given);
  if (given !== undefined && from === undefined) {
    const known = initFormats.map((name) => `\`${name}\``);
    const wanted = `${known.slice(0, -1).join(", ")} or ${known.at(-1)}`;
    found.push(badOptionValue(typed("from"), given, wanted));
  }
  found.push(...more.slice(0, 1).map(problems.oneFolder));
  if (found.length > 0) return fail(...found);
  const output = text("output");
  return ok({
    kind: "init",
    common,
    ...(folder !== undefined && { folder }),
    ...(from !== undefined && { from }),
    ...(output !== undefined && { output }),
  });
}

export function readImport(argv: readonly string[], common: CommonRequest): Result<Request> {
  const { others, found, text } = readOwn(argv, importOptions);
  const [given, source, ...more] = others;
  const format = importFormats.find((known) => known === given);
  if (format === undefined || more.length > 0) {
    found.push(problems.importWhat(format === undefined ? given : more[0], importFormats));
  }
  if (found.length > 0 || format === undefined) return fail(...found);
  const output = text("output");
  return ok({
    kind: "import",
    common,
    format,
    ...(source !== undefined && { source }),
    ...(output !== undefined && { output }),
  });
}

function readOwn(argv: readonly string[], own: readonly OptionDefinition[]) {
  const known = [...commonOptions, ...own];
  const { unknown, others, problems: wrong, options } = readWords(argv, known);
  const found: Diagnostic[] = [...wrong, ...unknownOptions(unknown, known)];
  const text = (name: string): string | undefined => {
    const value = options.get(name)?.value;
    return typeof value === "string" ? value : undefined;
  };
  const typed = (name: string): string => options.get(name)?.typed ?? `--${name}`;
  // The first of the words is the command.
  return { others: others.slice(1), found, text, typed };
}
