/** Reads the words of `tbuild serve`. What the configuration says is read when it is carried out. */
import { commonOptions } from "../model/command-line.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { fail, ok, type Result } from "../model/result.ts";
import { serveOptions, tokenScopes } from "../model/serve-options.ts";
import { readWords, unknownOptions } from "./read-words.ts";
import type { CommonRequest, Request } from "./request.ts";
import * as problems from "./usage-problems.ts";

export function readServe(argv: readonly string[], common: CommonRequest): Result<Request> {
  const known = [...commonOptions, ...serveOptions];
  const { unknown, others, problems: wrong, options } = readWords(argv, known);
  const text = (name: string): string | undefined => {
    const value = options.get(name)?.value;
    return typeof value === "string" ? value : undefined;
  };
  const name = text("new-token");
  const given = text("scope");
  const scope = tokenScopes.find((each) => each === given);
  const check = options.has("check");
  const found = [
    ...wrong,
    ...unknownOptions(unknown, known),
    ...others.slice(1, 2).map((word) => problems.noWordsAfter("serve", word)),
    ...(given !== undefined && scope === undefined
      ? [problems.badOptionValue("--scope", given, "`read`, `run` or `admin`")]
      : []),
    ...((name === undefined) === (given === undefined) ? [] : [tokenNeedsBoth]),
    ...(name !== undefined && !/^[A-Za-z0-9][\w.@-]{0,63}$/.test(name)
      ? [problems.badOptionValue("--new-token", name, "letters, digits, `.`, `@`, `-` and `_`")]
      : []),
    ...(check && name !== undefined ? [problems.contradiction("--check", "--new-token")] : []),
  ];
  if (found.length > 0) return fail(...found);
  const token = name !== undefined && scope !== undefined ? { token: { name, scope } } : {};
  const config = text("config") ?? "server.yaml";
  return ok({ kind: "serve", common, serve: { config, check, ...token } });
}

const tokenNeedsBoth: Diagnostic = {
  code: "missing-option",
  blame: "usage",
  message: "a new token has a name and a scope",
  hint: "write `tbuild serve --new-token NAME --scope read`, `run` or `admin`",
};
