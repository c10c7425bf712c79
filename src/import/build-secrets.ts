/** Secrets of builds as command lines write them, `id=token,env=TOKEN`, as secret parameters. */
import type { Location } from "../model/diagnostic.ts";
import type { DraftParameter, Loss } from "./draft.ts";
import { parameterName } from "./names.ts";

export interface BuildSecret {
  readonly id: string;
  readonly parameter: DraftParameter;
  readonly losses: readonly Loss[];
}

/** Undefined where no `id` is said. */
export function readBuildSecret(text: string, at: Location): BuildSecret | undefined {
  const parts = new Map(text.split(",").map((part) => cut(part)));
  const id = parts.get("id");
  return id === undefined
    ? undefined
    : buildSecret(id, { env: parts.get("env"), file: parts.get("src") ?? parts.get("source") }, at);
}

export function buildSecret(
  id: string,
  { env, file }: { readonly env?: string | undefined; readonly file?: string | undefined },
  at: Location,
): BuildSecret {
  const name = parameterName(id);
  const lost: Loss = {
    at,
    subject: `file \`${file}\` of secret \`${id}\``,
    verb: "is not named",
    why: `say \`--${name}-file ${file}\` when you build`,
  };
  return {
    id,
    parameter: {
      name,
      secret: true,
      help: `Secret \`${id}\` of builds`,
      ...(env !== undefined && /^[A-Za-z_]\w*$/.test(env) && { env }),
    },
    losses: file === undefined ? [] : [lost],
  };
}

function cut(part: string): readonly [string, string] {
  const equals = part.indexOf("=");
  return [part.slice(0, equals).trim(), part.slice(equals + 1).trim()];
}
