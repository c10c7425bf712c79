/** Makes whoever asks servers what names stand for, in a workspace and for a caller. Asks nobody. */
import { credentialLookup } from "../docker/credentials.ts";
import { FileDigests } from "../files/digests.ts";
import { WorkspaceFiles } from "../files/workspace-files.ts";
import type { Registries } from "../model/registries.ts";
import type { Asker } from "../rules/asker.ts";
import { StateFolder } from "../store/state-folder.ts";

export interface AskingRoom {
  /** Absolute path of the workspace. */
  readonly root: string;
  readonly registries: Registries | undefined;
  /** Tries of one request to a registry in all. */
  readonly tries?: number;
  readonly environment: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/** For any target: which one wants to know is added for each question. */
export function askerOf({
  root,
  registries,
  tries,
  environment,
  signal,
}: AskingRoom): Omit<Asker, "target"> {
  return {
    files: new WorkspaceFiles(root, new FileDigests()),
    project: { root },
    workspaceId: new StateFolder(root).knownWorkspaceId() ?? "",
    environment,
    signal,
    access: { environment, credentials: credentialLookup(environment), registries, tries },
  };
}
