/** The one way to a client of a registry, and to the names that its mirrors have for an image. Asks nobody. */
import { canonicalHost, type Registries, type RegistryAccess } from "../model/registries.ts";
import { RegistryClient } from "./client.ts";

/**
 * A client with the credentials, certificates and proxies of the caller. Whoever opens it closes it.
 * @param host as references name it
 */
export function openRegistry(host: string, access: RegistryAccess): RegistryClient {
  const { environment, credentials, registries, tries, patience } = access;
  const insecure = registries?.[canonicalHost(host)]?.insecure === true;
  const more = {
    ...(tries !== undefined && { tries }),
    ...(patience !== undefined && { patience }),
  };
  return new RegistryClient({ host, credentials, environment, insecure, ...more });
}

/**
 * What mirrors call an image, in the order in which they are asked.
 * @param host of the registry that the image is of
 * @param repository as the registry knows it, without the host
 */
export function mirroredNames(
  host: string,
  repository: string,
  registries: Registries | undefined,
): readonly string[] {
  const mirrors = registries?.[canonicalHost(host)]?.mirrors ?? [];
  return mirrors.map((mirror) => `${mirror}/${repository}`);
}
