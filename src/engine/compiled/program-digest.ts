/** Tells one build of tbuild from another: what one of them left in a workspace may mean something else to the next. */

/** Set by the bundler, to a digest of the sources. */
declare const BUNDLED_SOURCES: string | undefined;

/** The sources' digest; without a bundle, as in unit tests, a plain word. */
export const programDigest = (): string =>
  typeof BUNDLED_SOURCES === "string" ? BUNDLED_SOURCES : "unbundled";
