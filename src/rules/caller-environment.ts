/** What of the caller's environment commands and builds get although it is no part of a fingerprint. */
import { existsSync } from "node:fs";
import type { RunningServiceView } from "./rule.ts";

/** Where programs are found and who runs them: without these hardly any command works. */
const basics = ["PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "TMPDIR", "SSH_AUTH_SOCK"];

/** Where the certificates are that this network needs. */
const certificates = [
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "NODE_EXTRA_CA_CERTS",
  "CURL_CA_BUNDLE",
  "REQUESTS_CA_BUNDLE",
  "GIT_SSL_CAINFO",
];

const proxies = ["http_proxy", "https_proxy", "ftp_proxy", "all_proxy", "no_proxy"];

/** The environment that a command on this machine starts from. */
export function hostEnvironment(environment: NodeJS.ProcessEnv): Record<string, string> {
  return pick(environment, [...basics, ...certificates]);
}

/**
 * The caller's proxies, by their lower-case and upper-case names.
 * @param direct hosts that must be reached without them, such as services
 */
export function proxyVariables(
  environment: NodeJS.ProcessEnv,
  direct: readonly string[],
): Record<string, string> {
  const given = pick(
    environment,
    proxies.flatMap((name) => [name, name.toUpperCase()]),
  );
  const isProxied = Object.keys(given).some((name) => name.toLowerCase() !== "no_proxy");
  if (!isProxied || direct.length === 0) return given;
  const known = given["no_proxy"] ?? given["NO_PROXY"] ?? "";
  const all = [...known.split(",").filter((host) => host !== ""), ...direct].join(",");
  return { ...given, no_proxy: all, NO_PROXY: all };
}

/** The file of certificates that the caller's environment names, or the system's own. */
export function certificateBundle(environment: NodeJS.ProcessEnv): string | undefined {
  const system = "/etc/ssl/certs/ca-certificates.crt";
  const candidates = [environment["SSL_CERT_FILE"], environment["NODE_EXTRA_CA_CERTS"], system];
  return candidates.find((path) => path !== undefined && path !== "" && existsSync(path));
}

/** The file that the caller's environment names as holding all certificates, not only more of them. */
export function namedBundle(environment: NodeJS.ProcessEnv): string | undefined {
  const path = environment["SSL_CERT_FILE"];
  return path !== undefined && path !== "" && existsSync(path) ? path : undefined;
}

/** `NAME_URL` for each service: `contrail-repo` is reached by `CONTRAIL_REPO_URL`. */
export function serviceUrls(
  services: readonly RunningServiceView[],
  urlOf: (service: RunningServiceView) => string,
): Record<string, string> {
  return Object.fromEntries(
    services.map((service) => [`${variablePrefix(service)}_URL`, urlOf(service)]),
  );
}

/** Start of the names of a service's variables. */
export function variablePrefix({ host }: RunningServiceView): string {
  return host.toUpperCase().replace(/[^A-Z0-9]/g, "_");
}

/** Those of the variables that are set. */
export function pick(
  environment: NodeJS.ProcessEnv,
  names: readonly string[],
): Record<string, string> {
  const picked: Record<string, string> = {};
  for (const name of names) {
    const value = environment[name];
    if (value !== undefined) picked[name] = value;
  }
  return picked;
}
