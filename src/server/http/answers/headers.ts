/** Headers that every answer has, so that a browser takes data for data and nothing else. */
import type { ServerResponse } from "node:http";

/** For the page: its own files and nothing from elsewhere, nothing inline, in nobody's frame. */
const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** For all else: whatever a text looks like, nothing in it runs. */
const dataPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox";

export function setCommonHeaders(response: ServerResponse, requestId: string): void {
  response.setHeader("x-request-id", requestId);
  response.setHeader("content-security-policy", dataPolicy);
  response.setHeader("x-content-type-options", "nosniff");
  response.setHeader("x-frame-options", "DENY");
  response.setHeader("referrer-policy", "no-referrer");
  response.setHeader("cross-origin-opener-policy", "same-origin");
  response.setHeader("cross-origin-resource-policy", "same-origin");
  response.setHeader("cache-control", "no-store");
}

export const setPageHeaders = (response: ServerResponse): void => {
  response.setHeader("content-security-policy", pagePolicy);
  response.setHeader("cache-control", "no-cache");
};
