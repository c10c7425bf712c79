/** Who asks servers what names stand for, and what comes of it. */
import type { FilesView } from "../files/files-view.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import type { RegistryAccess } from "../model/registries.ts";
import type { Target } from "../model/target.ts";

export type Answer =
  /** A commit or a digest, as lock files have it. */
  | { readonly kind: "is"; readonly value: string }
  /** It is not to be had here and now. */
  | { readonly kind: "not-told"; readonly problem: Diagnostic };

export interface Asker {
  /** One that wants to know, for the place of what is wrong. */
  readonly target: Pick<Target, "places" | "declaredAt">;
  readonly files: FilesView;
  readonly project: { readonly root: string };
  readonly workspaceId: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly access: RegistryAccess;
  readonly signal: AbortSignal;
}
