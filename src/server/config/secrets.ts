/** Reads secrets from where the configuration says that they are. They are kept nowhere. */
import { readFileSync } from "node:fs";
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { RepositoryConfig, SecretPlace } from "../records/config.ts";

/** Undefined where there is none, or an empty one. */
export function readSecret(place: SecretPlace, environment: NodeJS.ProcessEnv): string | undefined {
  if (place.kind === "env") return environment[place.name] || undefined;
  try {
    return readFileSync(place.path, "utf8").trim() || undefined;
  } catch {
    return undefined;
  }
}

/** Shorter values turn up everywhere: `CI=1` is no secret. */
const shortest = 4;

/** All that the logs of its runs may not show. */
export function secretsOf(
  { environment: names, webhook, githubEvents }: RepositoryConfig,
  environment: NodeJS.ProcessEnv,
): readonly string[] {
  const places = [webhook?.secret, githubEvents?.token].filter((place) => place !== undefined);
  const found = places.map((place) => readSecret(place, environment));
  return [...found, ...names.map((name) => environment[name])].filter(
    (value): value is string => value !== undefined && value.length >= shortest,
  );
}

/** A webhook that nobody can send would be noticed late. */
export function missingSecrets(
  repositories: readonly RepositoryConfig[],
  environment: NodeJS.ProcessEnv,
): readonly Diagnostic[] {
  return repositories.flatMap(({ name, webhook, githubEvents }) =>
    [webhook?.secret, githubEvents?.token].flatMap((place) => {
      if (place === undefined || readSecret(place, environment) !== undefined) return [];
      const what = place.kind === "env" ? `variable \`${place.name}\`` : `file \`${place.path}\``;
      return [
        {
          code: "secret-missing",
          blame: "surroundings",
          message: `there is no secret in ${what}, which repository \`${name}\` needs`,
        } as const,
      ];
    }),
  );
}
