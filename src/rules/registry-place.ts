/** Tells what is wrong with a HOST or HOST/NAME that somebody wrote. Where it stands, is told by others. */
import { redactUrls } from "./problems.ts";
import { isRegistryPlace } from "./reference.ts";

export interface PlaceFault {
  readonly message: string;
  readonly hint: string;
}

/** @param what the word that the message begins with */
export function placeFault(what: string, place: string): PlaceFault | undefined {
  const shown = `${what} \`${redactUrls(place)}\``;
  const plain = place.replace(/^[a-z][a-z0-9+.-]*:\/\/([^/@]*@)?/i, "");
  if (plain !== place) return { message: `${shown} is a URL`, hint: `write \`${plain}\`` };
  if (!isRegistryPlace(place)) {
    return {
      message: `${shown} is not HOST or HOST/NAME`,
      hint: "a name has lower-case letters, digits, `.`, `_`, `-` and `/`, such as `registry.example.org:5000/team`",
    };
  }
  // Docker takes a first part without a dot or a port for a name on Docker Hub.
  if (!/^(localhost|[^/]*[.:\]][^/]*)(\/|$)/.test(place)) {
    return {
      message: `${shown} begins with no host`,
      hint: `write \`docker.io/${place}\` for Docker Hub, or a host with its port`,
    };
  }
  return undefined;
}
