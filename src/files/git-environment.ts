/** The environment for the git program, whoever starts tbuild. */

/** Without the variables that lead to the repository from whose hook tbuild runs. */
export function withoutGitPlaces(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { GIT_DIR, GIT_WORK_TREE, GIT_INDEX_FILE, GIT_PREFIX, ...rest } = environment;
  return rest;
}
