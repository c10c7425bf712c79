/** What one part of the state folder holds, as `tbuild state` tells it. */
export interface StatePart {
  /** `logs`, `traces` … as they lie in the folder. */
  readonly name: string;
  readonly bytes: number;
  readonly files: number;
  /** In bytes; of a part that has one. */
  readonly limit?: number;
}
