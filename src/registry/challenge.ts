/** Reads what a registry asks for in `WWW-Authenticate`. Answers nothing. */

export type Challenge =
  | { readonly kind: "basic" }
  | {
      readonly kind: "bearer";
      /** URL of the server that hands out tokens. */
      readonly realm: string;
      readonly service?: string;
    };

/** A token is the better answer where both are taken. */
export function readChallenge(header: string | undefined): Challenge | undefined {
  if (header === undefined) return undefined;
  const bearer = /(?:^|,\s*)bearer\s+(.*)$/is.exec(header);
  const values = parametersOf(bearer?.[1] ?? "");
  const realm = values.get("realm");
  const service = values.get("service");
  if (realm !== undefined) return { kind: "bearer", realm, ...(service && { service }) };
  return /(?:^|,\s*)basic\b/i.test(header) ? { kind: "basic" } : undefined;
}

function parametersOf(text: string): ReadonlyMap<string, string> {
  const found = text.matchAll(/([a-z_]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/gi);
  return new Map(
    [...found].map(([, name = "", quoted, bare]) => [
      name.toLowerCase(),
      quoted?.replace(/\\(.)/g, "$1") ?? bare ?? "",
    ]),
  );
}
