/** What is remembered of webhook deliveries, so that one counts once. Where it is kept is the business of others. */

/** Outlives a restart. May forget what is older than the window in which senders deliver again: three days. */
export interface DeliveryLog {
  /** Whether a mark was remembered. A mark is the ID of a delivery, or the digest of its body. */
  knows(repository: string, mark: string): boolean;
  /** Resolves once it is on the disk. */
  remember(repository: string, marks: readonly string[]): Promise<void>;
}
