/** The address that limits count for: who connected, or whom a trusted proxy speaks for. */
import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";

/** `fe80::1`, `192.0.2.7`; a proxy that is not listed speaks for itself only. */
export function addressOf(request: IncomingMessage, proxies: readonly string[] = []): string {
  let address = plain(request.socket.remoteAddress ?? "");
  const forwarded = String(request.headers["x-forwarded-for"] ?? "").split(",");
  // Each proxy adds the address that it saw at the end: only what a trusted one added can be believed.
  while (proxies.includes(address) && forwarded.length > 0) {
    const before = plain(forwarded.pop()?.trim() ?? "");
    if (isIP(before) === 0) break;
    address = before;
  }
  return address;
}

const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, "");

/** One customer of a network has a whole /64 of IPv6 addresses, so they count as one. */
export function limitedAs(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = "", tail] = address.split("::");
  const first = head.split(":").filter(Boolean);
  const last = (tail ?? "").split(":").filter(Boolean);
  const zeros = tail === undefined ? 0 : 8 - first.length - last.length;
  const groups = [...first, ...Array<string>(Math.max(0, zeros)).fill("0"), ...last];
  return `${groups.slice(0, 4).join(":")}::/64`;
}
