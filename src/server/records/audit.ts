/** A line of the audit log: who asked for what, and how it went. Never a secret, and never a body. */

/** What was asked for is told by method and path; the query, where somebody may write a token, is left out. */
export interface AuditEntry {
  /** ISO 8601 in UTC. */
  readonly at: string;
  /** As the answer names it in `x-request-id`. */
  readonly request: string;
  /** Name of the token, or `hook NAME`; absent when nobody was recognised. */
  readonly who?: string;
  readonly address: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** Code of the error, when it was refused. */
  readonly error?: string;
  /** What came of it: `run 20261121T104935Z-7f3a` … */
  readonly result?: string;
}

export interface AuditLog {
  /** Never throws: what cannot be written is told elsewhere. */
  write(entry: AuditEntry): void;
}
