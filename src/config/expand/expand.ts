/**
 * Makes the project of a declaration for given parameters. Its targets are made by `expansion.ts`.
 * Reads nothing and looks at no file; whether outputs collide or names form a cycle is for `engine/`.
 */
import type { Diagnostic } from "../../model/diagnostic.ts";
import { lockPathOf } from "../../model/pin.ts";
import { fail, ok, type Result } from "../../model/result.ts";
import type { Project } from "../../model/target.ts";
import { ruleKinds } from "../../rules/kinds.ts";
import type { Declaration } from "../declaration.ts";
import type { Kinds } from "../read/reader.ts";
import { Expansion } from "./expansion.ts";
import { fillCache } from "./fill-cache.ts";
import { fillReferences } from "./fill-field.ts";
import type { ParameterValues } from "./resolve-parameters.ts";

/** All targets of the project, alternatives included. */
export function expand(
  declaration: Declaration,
  values: ParameterValues,
  kinds: Kinds = ruleKinds,
): Result<Project> {
  const problems = new Map<string, Diagnostic>();
  const expansion = new Expansion(declaration, values, { kinds, problems });
  expansion.targets.complete();
  const project = projectOf(declaration, values, expansion);
  return problems.size > 0 ? fail(...problems.values()) : ok(project);
}

/** The same for what was expanded before without a problem: each target is made when it is asked for. */
export function expandLazily(
  declaration: Declaration,
  values: ParameterValues,
  kinds: Kinds = ruleKinds,
): Project {
  const expansion = new Expansion(declaration, values, { kinds, problems: new Map() });
  return projectOf(declaration, values, expansion);
}

function projectOf(
  declaration: Declaration,
  values: ParameterValues,
  expansion: Expansion,
): Project {
  const filler = expansion.fillerFor("", []);
  const cache = declaration.cache && fillCache(filler, declaration.cache);
  return {
    name: declaration.name,
    root: declaration.root,
    files: [...declaration.files.map(({ path }) => path), lockPathOf(declaration.files)],
    default: fillReferences(filler, declaration.default),
    ...(cache && { cache }),
    targets: expansion.targets,
    families: expansion.names,
    pools: new Map(Object.entries(declaration.pools)),
    registries: declaration.registries,
    secretVariables: new Map(
      declaration.parameters.flatMap(({ name, type, env }) =>
        type === "secret" ? [[name, env] as const] : [],
      ),
    ),
    ...(values.noValue && { noValue: values.noValue }),
    secrets: values.secrets,
  };
}
