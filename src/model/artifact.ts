/** Outputs that exist, by content. Where they come from is told by traces. */

/** Content hash of one artifact, lower-case hexadecimal. */
export type Digest = `sha256:${string}`;

export interface FileArtifact {
  readonly kind: "file";
  /** Relative to the workspace with `/`, or absolute when outside. */
  readonly path: string;
  readonly digest: Digest;
}

/** A folder and all below it. */
export interface TreeArtifact {
  readonly kind: "tree";
  readonly path: string;
  /** Hash over the sorted names, kinds, executable bits and contents of what is below. */
  readonly digest: Digest;
}

export interface ImageArtifact {
  readonly kind: "image";
  /** Image ID in the engine: the digest of the image's configuration or manifest. */
  readonly digest: Digest;
  /** Names under which the engine holds it; the first one is what dependents refer to. */
  readonly references: readonly string[];
}

export type Artifact = FileArtifact | TreeArtifact | ImageArtifact;

/** What a rule promises to make, known before it acts. */
export type Output =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "tree"; readonly path: string }
  | { readonly kind: "image"; readonly reference: string };
