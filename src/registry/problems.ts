/**
 * Problems of registries that come of no single answer or connection. What an answer means is worded
 * in `refusals.ts`, what a lost connection means in `lost-connection.ts`. Decides nothing.
 */
import { DiagnosticError } from "../model/diagnostic.ts";

/** What was tried, and where. */
export interface Attempt {
  /** As references name it. */
  readonly host: string;
  readonly repository: string;
  /** To follow "cannot": ``push a blob to `host/team/web` ``. */
  readonly doing: string;
}

export interface Told {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  /** It may pass by itself. */
  readonly transient?: true;
}

/** A diagnostic to throw; the surroundings are to blame for what registries do. */
export const problem = (told: Told, cause?: unknown): DiagnosticError =>
  new DiagnosticError({ blame: "surroundings", ...told }, { cause });

/** Who is asked for credentials and has none, or the wrong ones. */
export const unauthorized = (host: string, why: string, hasCredentials = false): DiagnosticError =>
  problem({
    code: "registry-unauthorized",
    message: `\`${host}\` gives no access: ${why}`,
    hint: hasCredentials
      ? `its credentials are refused: ${loginHint(host, true)}`
      : loginHint(host, false),
  });

/** The next action for who is given no access, by whether there were credentials. */
export const loginHint = (host: string, hasCredentials: boolean): string =>
  hasCredentials
    ? `log in again with \`docker login ${host}\``
    : `log in with \`docker login ${host}\``;

/** Bytes that arrived as others. @param what a blob, or a manifest */
export const otherBytes = (
  host: string,
  what: string,
  [sent, told]: readonly [string, string],
): DiagnosticError =>
  problem({
    code: "registry-refused",
    message: `\`${host}\` took ${what}\`${sent}\` for \`${told}\``,
    hint: "try again; something between here and there changes what is sent",
  });
