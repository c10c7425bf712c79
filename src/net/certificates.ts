/** The certificate authorities that the caller trusts, from the environment. Connects to nothing. */
import { readFileSync } from "node:fs";
import { rootCertificates } from "node:tls";

/**
 * What to trust besides nothing: undefined while Node's own list is right, which holds
 * `NODE_EXTRA_CA_CERTS` only as long as nobody names certificates.
 */
export function trustedCertificates(
  environment: NodeJS.ProcessEnv,
  more: readonly string[] = [],
): string[] | undefined {
  const named = environment["SSL_CERT_FILE"];
  if (!named && more.length === 0) return undefined;
  const files = [named, environment["NODE_EXTRA_CA_CERTS"]].flatMap((path) => read(path) ?? []);
  return [...rootCertificates, ...files, ...more];
}

function read(path: string | undefined): string | undefined {
  try {
    return path ? readFileSync(path, "utf8") : undefined;
  } catch {
    return undefined;
  }
}
