/** Whether a request means this server: a page elsewhere may have made its own name lead here (DNS rebinding). */
import type { HttpSettings } from "../options.ts";

/** Who listens to the network is protected by tokens and reached under many names; on loopback names are few. */
export function isOwnHost(header: string | undefined, settings: HttpSettings): boolean {
  const { listen, url } = settings;
  if (!isLoopback(listen.host)) return true;
  const own = ["localhost", "127.0.0.1", "[::1]", nameIn(listen.host), nameIn(url ?? "")];
  const asked = nameIn(header ?? "");
  return asked !== "" && own.includes(asked);
}

const isLoopback = (host: string): boolean => /^(localhost|127\.[\d.]+|\[?::1\]?)$/.test(host);

/** Of a URL or of `host:port`, lower case. */
function nameIn(text: string): string {
  const bracketed = text.includes("::") && !text.includes("[") ? `[${text}]` : text;
  const url = text.includes("://") ? text : `http://${bracketed}`;
  return URL.canParse(url) ? new URL(url).hostname : "";
}
