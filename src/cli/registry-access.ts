/** How commands that name images of registries reach them; a target file, where there is one, may tell. */
import { credentialLookup } from "../docker/credentials.ts";
import type { Registries, RegistryAccess } from "../model/registries.ts";
import { ok, type Result } from "../model/result.ts";
import { loadDeclaration } from "./load.ts";
import type { CommonRequest } from "./request.ts";

/** @returns problems only of a target file that was asked for by name */
export function readRegistryAccess(
  common: CommonRequest,
  environment: NodeJS.ProcessEnv,
): Result<RegistryAccess> {
  const { declaration } = loadDeclaration(common);
  if (!declaration.ok && common.file !== undefined) return declaration;
  const registries = declaration.ok ? declaration.value.registries : undefined;
  return ok(accessOf(registries, common, environment));
}

export const accessOf = (
  registries: Registries | undefined,
  { tries }: Pick<CommonRequest, "tries">,
  environment: NodeJS.ProcessEnv,
): RegistryAccess => ({
  environment,
  credentials: credentialLookup(environment),
  registries,
  tries,
});
