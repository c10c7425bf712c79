/** Checks what somebody asks to be run: no word of it may be taken for an option, or lead out of the repository. */

import { reservedParameters } from "../config/reserved.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { nearest } from "../model/nearest.ts";
import { fail, ok, type Result } from "../model/result.ts";
import type { StartRequest } from "./core.ts";
import * as problems from "./problems.ts";
import { type RepositoryConfig, type ServerConfig, usualBranch } from "./records/config.ts";
import { isBranch, isCommit, isTarget } from "./records/names.ts";
import type { ParameterValue, Run } from "./records/run.ts";

export type Wanted = Pick<Run, "branch" | "targets" | "params" | "priority"> & {
  readonly repository: RepositoryConfig;
  readonly commit?: string;
};

export function readStart(request: StartRequest, { repositories }: ServerConfig): Result<Wanted> {
  const repository = repositories.find(({ name }) => name === request.repository);
  if (repository === undefined) {
    const near = nearest(
      request.repository,
      repositories.map(({ name }) => name),
    );
    return fail(problems.unknownRepository(request.repository, near));
  }
  const { branch = usualBranch(repository), commit, targets = repository.targets } = request;
  const found: Diagnostic[] = [
    ...(isBranch(branch) ? [] : [problems.badName("branch", branch)]),
    ...(commit === undefined || isCommit(commit) ? [] : [problems.notACommit(commit)]),
    ...(targets.length > 0 ? [] : [problems.noTargets(repository.name)]),
    ...targets.filter((name) => !isTarget(name)).map((name) => problems.badName("target", name)),
    ...Object.entries(request.params ?? {}).flatMap(([name, value]) =>
      checkParameter(name, value, repository),
    ),
  ];
  if (found.length > 0) return fail(...found);
  return ok({
    repository,
    branch,
    targets,
    params: { ...repository.params, ...request.params },
    priority: request.priority ?? repository.priority,
    ...(commit !== undefined && { commit }),
  });
}

/**
 * The target file says which parameters there are, and is read by the run itself. Here is refused what would
 * not be a parameter at all: an option of tbuild, the file of a secret, a path of the server.
 */
function checkParameter(
  name: string,
  value: ParameterValue,
  { params }: RepositoryConfig,
): readonly Diagnostic[] {
  if (!/^[A-Za-z_][\w-]{0,99}$/.test(name)) return [problems.badName("parameter", name)];
  const isSecretFile = name.endsWith("-file") && !Object.hasOwn(params, name);
  if (reservedParameters.has(name) || name.startsWith("no-") || isSecretFile) {
    return [problems.reservedParameter(name)];
  }
  const isPath = /^[/~]|(^|\/)\.\.(\/|$)|\0/.test(String(value));
  return isPath ? [problems.pathOfServer(name)] : [];
}
