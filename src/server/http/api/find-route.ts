/** Finds the route that a method and a path mean. Reads no request. */
import type { Route } from "./route.ts";

type FoundRoute =
  | {
      readonly kind: "route";
      readonly route: Route;
      readonly params: Readonly<Record<string, string>>;
    }
  /** The path is known, the method is not. */
  | { readonly kind: "other-method"; readonly methods: readonly string[] }
  | { readonly kind: "none" };

export type FindRoute = (method: string, names: readonly string[]) => FoundRoute;

/** Two dozen routes are looked through faster than they could be indexed. */
export function routeFinder(routes: readonly Route[]): FindRoute {
  const patterns = routes.map((route) => ({ route, parts: route.path.slice(1).split("/") }));
  return (method, names) => {
    const here = patterns.filter(({ parts }) => isMatch(parts, names));
    const asked = method === "HEAD" ? "GET" : method;
    const found = here.find(({ route }) => route.method === asked);
    if (found) {
      return { kind: "route", route: found.route, params: paramsOf(found.parts, names) };
    }
    const methods = here.map(({ route }) => route.method);
    return methods.length > 0 ? { kind: "other-method", methods } : { kind: "none" };
  };
}

const isMatch = (parts: readonly string[], names: readonly string[]): boolean =>
  parts.length === names.length &&
  parts.every((part, at) => affixesOf(part) !== undefined || part === names[at]) &&
  parts.every((part, at) => (names[at] ?? "").endsWith(affixesOf(part)?.suffix ?? ""));

function paramsOf(parts: readonly string[], names: readonly string[]): Record<string, string> {
  const params: Record<string, string> = {};
  for (const [at, part] of parts.entries()) {
    const found = affixesOf(part);
    if (found === undefined) continue;
    const name = names[at] ?? "";
    params[found.key] = name.slice(0, name.length - found.suffix.length);
  }
  return params;
}

/** Of `{repository}.svg`: the key and what follows it; undefined for a plain word. */
function affixesOf(part: string): { readonly key: string; readonly suffix: string } | undefined {
  const [, key, suffix = ""] = /^\{(\w+)\}(.*)$/.exec(part) ?? [];
  return key === undefined ? undefined : { key, suffix };
}
