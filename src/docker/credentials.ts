/** Looks up registry credentials where the docker command line keeps them. Sending them is left to others. */
import type { CredentialLookup, Credentials } from "../model/credentials.ts";
import { DiagnosticError } from "../model/diagnostic.ts";
import { type AuthEntry, type DockerConfig, readDockerConfig } from "./docker-config.ts";

/** The name that Docker Hub has in the configuration, whatever its host is called elsewhere. */
const dockerHubKey = "https://index.docker.io/v1/";

const dockerHubHosts = new Set(["docker.io", "index.docker.io", "registry-1.docker.io"]);

/** Milliseconds after which a helper counts as hung; some of them ask the user for a password. */
const helperPatience = 120_000;

/**
 * Makes a lookup over `config.json` and the helper programs that it names. Each host is asked
 * about once; the answer holds as long as the lookup does, and a failure until it is told.
 * @throws DiagnosticError from the lookup: `docker-config-invalid`, `credential-helper-failed`
 */
export function credentialLookup(environment: NodeJS.ProcessEnv): CredentialLookup {
  let config: Promise<DockerConfig> | undefined;
  const answers = new Map<string, Promise<Credentials | undefined>>();
  return (host) => {
    const key = dockerHubHosts.has(host) ? dockerHubKey : host;
    config ??= readDockerConfig(environment);
    const answer = answers.get(key) ?? config.then((known) => find(key, known, environment));
    answers.set(key, answer);
    // A keychain that was locked may be open the next time.
    answer.catch(() => answers.delete(key));
    return answer;
  };
}

async function find(
  key: string,
  config: DockerConfig,
  environment: NodeJS.ProcessEnv,
): Promise<Credentials | undefined> {
  const helper = config.credHelpers?.[key] ?? config.credsStore;
  const kept = helper ? await askHelper(helper, key, environment) : undefined;
  return kept ?? fromEntry(entryOf(key, config.auths ?? {}));
}

/** Keys may be written as URLs by old clients: `https://host/v1/` stands for `host`. */
function entryOf(key: string, auths: Readonly<Record<string, AuthEntry>>): AuthEntry | undefined {
  if (Object.hasOwn(auths, key)) return auths[key];
  const alike = Object.keys(auths).find((name) => hostOf(name) === key);
  return alike === undefined ? undefined : auths[alike];
}

function hostOf(key: string): string {
  return key.replace(/^https?:\/\//, "").replace(/\/.*$/, "");
}

function fromEntry(entry: AuthEntry | undefined): Credentials | undefined {
  if (!entry) return undefined;
  if (entry.identitytoken) return { identityToken: entry.identitytoken };
  if (entry.username && entry.password)
    return { username: entry.username, password: entry.password };
  const decoded = Buffer.from(entry.auth ?? "", "base64").toString("utf8");
  const colon = decoded.indexOf(":");
  if (colon < 1) return undefined;
  // Old clients padded the password with zero bytes.
  return {
    username: decoded.slice(0, colon),
    password: decoded.slice(colon + 1).replace(/\0+$/, ""),
  };
}

/** @see https://github.com/docker/docker-credential-helpers for what is spoken */
async function askHelper(
  helper: string,
  key: string,
  environment: NodeJS.ProcessEnv,
): Promise<Credentials | undefined> {
  const program = `docker-credential-${helper}`;
  const { exitCode, stdout, stderr } = await runHelper(program, key, environment);
  if (exitCode !== 0) {
    if (/credentials not found/i.test(stdout)) return undefined;
    const said = firstLine(stdout) ?? firstLine(stderr) ?? `exit code ${exitCode}`;
    throw helperFailed(program, key, said);
  }
  return parseAnswer(program, key, stdout);
}

function parseAnswer(program: string, key: string, text: string): Credentials | undefined {
  let answer: { Username?: unknown; Secret?: unknown };
  try {
    answer = JSON.parse(text);
  } catch {
    // No cause and no excerpt: the text may hold the secret.
    throw helperFailed(program, key, "its answer is not JSON");
  }
  const { Username: username, Secret: secret } = answer ?? {};
  if (typeof username !== "string" || typeof secret !== "string" || secret === "") return undefined;
  return username === "<token>" ? { identityToken: secret } : { username, password: secret };
}

interface HelperAnswer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function runHelper(
  program: string,
  key: string,
  environment: NodeJS.ProcessEnv,
): Promise<HelperAnswer> {
  // Most runs ask no helper, and should not load for it.
  const { spawn } = await import("node:child_process");
  return new Promise((resolve, reject) => {
    // Not `timeout`: its timer outlives a program that cannot be started, and keeps the process.
    const signal = AbortSignal.timeout(helperPatience);
    const child = spawn(program, ["get"], { env: environment, signal });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", (error: NodeJS.ErrnoException) =>
      reject(helperFailed(program, key, spawnProblem(error), error)),
    );
    child.on("close", (code) => resolve({ exitCode: code ?? 1, stdout, stderr }));
    // A helper may exit without reading: its exit code tells more than the broken pipe.
    child.stdin.on("error", () => undefined);
    child.stdin.end(key);
  });
}

function spawnProblem(error: NodeJS.ErrnoException): string {
  if (error.code === "ENOENT") return "no such program in PATH";
  if (error.code === "ABORT_ERR") return `no answer in ${helperPatience / 1000} seconds`;
  if (error.code === "EACCES") return "it is not executable";
  return error.message;
}

function helperFailed(program: string, key: string, why: string, cause?: unknown): DiagnosticError {
  return new DiagnosticError(
    {
      code: "credential-helper-failed",
      blame: "surroundings",
      message: `\`${program}\` cannot tell the credentials of \`${key}\`: ${why}`,
      hint: "install or mend it, or change `credHelpers` and `credsStore` in docker's `config.json`",
    },
    { cause },
  );
}

function firstLine(text: string): string | undefined {
  return text.trim().split("\n", 1)[0] || undefined;
}
