/** Fills in which registry is the shared cache. Whether it can be reached is not asked. */
import type { CacheSettings } from "../../model/target.ts";
import { isRegistryPlace } from "../../rules/reference.ts";
import type { DeclaredCache, Text } from "../declaration.ts";
import * as problems from "../problems/problems.ts";
import { fill } from "../read/template.ts";
import type { Filler } from "./fill-field.ts";

/** Undefined where a parameter that it uses is not given: then there is none. */
export function fillCache(filler: Filler, declared: DeclaredCache): CacheSettings | undefined {
  const registry = placeIn(filler, declared.registry);
  const write =
    typeof declared.write === "boolean" ? declared.write : flagIn(filler, declared.write);
  return registry === undefined ? undefined : { registry, write };
}

/** Docker takes a first part without a dot or a port for a name on Docker Hub. */
const withHost = /^(localhost|[^/]*[.:\]][^/]*)\/./;

const placeWanted = "HOST/NAME such as `registry.example.org/team/cache`";

function placeIn(filler: Filler, { text, at }: Text): string | undefined {
  const registry = fill(text, filler)?.replace(/\/+$/, "");
  if (registry === undefined || registry === "") return undefined;
  if (isRegistryPlace(registry) && withHost.test(registry)) return registry;
  filler.problem(problems.expectedValue("`registry` of `cache`", placeWanted, registry, at));
  return undefined;
}

/** Whoever does not say so writes nothing. */
function flagIn(filler: Filler, { text, at }: Text): boolean {
  const value = fill(text, filler) ?? "false";
  if (value !== "true" && value !== "false") {
    const wanted = "`true` or `false`";
    filler.problem(problems.expectedValue("`write` of `cache`", wanted, value, at));
  }
  return value === "true";
}
