/** Tokens as the configuration knows them: by a hash. Who may do what with one is told by its scopes. */
import { createHash } from "node:crypto";

/** Each includes those before it. */
export const scopes = ["read", "run", "admin"] as const;
export type Scope = (typeof scopes)[number];

export interface TokenRecord {
  /** For the audit log, and as the cause of runs. */
  readonly name: string;
  /** As `hashOfToken` makes it. */
  readonly hash: string;
  readonly scopes: readonly Scope[];
}

/** A token is 256 random bits. Nobody can try them all, so no slow hash has to hold anybody up. */
export const hashOfToken = (token: string): string =>
  `sha256$${createHash("sha256").update(token).digest("hex")}`;
