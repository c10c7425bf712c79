/** What became of the bytes of images that went to a registry or into a folder. */

/** All in bytes, as they are stored there. */
export interface Traffic {
  /** Sent or written. */
  readonly sent: number;
  /** Taken over from another repository of the registry. */
  readonly mounted: number;
  /** There already. */
  readonly there: number;
  /** Not sent again because images of the same run share them. */
  readonly shared: number;
}
