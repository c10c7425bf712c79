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

/** An image in a registry, whether or not an engine holds it. */
export interface PublishedArtifact {
  readonly kind: "published";
  /** As it is referred to, with its host. */
  readonly reference: string;
  /** Of the manifest that the registry has under the reference. */
  readonly digest: Digest;
}

/** What lies in the workspace or in the engine: traces and the shared cache tell of these. */
export type KeptArtifact = FileArtifact | TreeArtifact | ImageArtifact;

export type Artifact = KeptArtifact | PublishedArtifact;

/** A trace can tell of it. */
export const isKept = (artifact: Artifact): artifact is KeptArtifact =>
  artifact.kind !== "published";

/** A file or a folder, in the workspace or outside. */
export const isOnDisk = (artifact: Artifact): artifact is FileArtifact | TreeArtifact =>
  artifact.kind === "file" || artifact.kind === "tree";

/** As people call it. */
export function artifactName(artifact: Artifact): string {
  switch (artifact.kind) {
    case "image":
      return artifact.references.join(", ");
    case "published":
      return artifact.reference;
    case "file":
    case "tree":
      return artifact.path;
  }
}

/** What a rule promises to make, known before it acts. */
export type Output =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "tree"; readonly path: string }
  | { readonly kind: "image"; readonly reference: string };
