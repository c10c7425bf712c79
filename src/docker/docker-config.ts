/** Reads the configuration folder of the docker command line. What its keys mean is told by who asks. */
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { DiagnosticError } from "../model/diagnostic.ts";

/** One host's entry under `auths`; `auth` is base64 of `user:password`. */
export interface AuthEntry {
  readonly auth?: string;
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
}

/**
 * The keys of `config.json` that tbuild heeds.
 * @see https://github.com/docker/cli/blob/v27.0.0/cli/config/configfile/file.go
 */
export interface DockerConfig {
  readonly auths?: Readonly<Record<string, AuthEntry>>;
  readonly credHelpers?: Readonly<Record<string, string>>;
  readonly credsStore?: string;
  readonly currentContext?: string;
}

/**
 * Reads `config.json`.
 * @returns an empty configuration when there is no such file
 * @throws DiagnosticError `docker-config-invalid` when it cannot be read or is not a JSON object
 */
export async function readDockerConfig(environment: NodeJS.ProcessEnv): Promise<DockerConfig> {
  const path = join(dockerConfigFolder(environment), "config.json");
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (isAbsent(error)) return {};
    throw invalidConfig(path, `cannot be read: ${(error as NodeJS.ErrnoException).code}`, error);
  }
  return parseObject(path, text);
}

/** `DOCKER_CONFIG`, else `.docker` in the home folder. */
export function dockerConfigFolder(environment: NodeJS.ProcessEnv): string {
  return environment["DOCKER_CONFIG"] || join(environment["HOME"] || homedir(), ".docker");
}

/** Whether an error of the file system says that nothing is there. */
export function isAbsent(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === "ENOENT" || code === "ENOTDIR";
}

/**
 * Parses a JSON file of the docker command line.
 * @throws DiagnosticError `docker-config-invalid`
 */
export function parseObject(path: string, text: string): Record<string, never> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // The parser's own words would quote the text, which may hold a password.
    throw invalidConfig(path, "is not JSON", error);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw invalidConfig(path, "does not hold a JSON object");
  return value as Record<string, never>;
}

function invalidConfig(path: string, what: string, cause?: unknown): DiagnosticError {
  return new DiagnosticError(
    {
      code: "docker-config-invalid",
      blame: "surroundings",
      message: `\`${path}\` ${what}`,
      hint: "mend it, or name another folder in DOCKER_CONFIG",
    },
    { cause },
  );
}
