/**
 * What a rule kind is: its keys, what it reads and makes, and how it acts. One file or folder beside
 * this one declares one kind; the engine knows them only through this interface.
 */
import type { Docker, PackedFile } from "../docker/docker.ts";
import type { FilesView } from "../files/files-view.ts";
import type { Artifact, Digest, Output } from "../model/artifact.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import type { PushedTag } from "../model/event.ts";
import type { ImageSource } from "../model/inventory.ts";
import type { Overwrite } from "../model/overwrite.ts";
import type { Asked, PinsView } from "../model/pin.ts";
import type { RegistryAccess } from "../model/registries.ts";
import type { Removal, RemovalKind } from "../model/removal.ts";
import type { Project, Target, TargetName } from "../model/target.ts";
import type { Traffic } from "../model/traffic.ts";
import type { BlobStore } from "../store/blob-store.ts";
import type { BurstJournals } from "../store/burst-journals.ts";
import type { Clones } from "../store/clones.ts";
import type { KeptStore } from "../store/kept-store.ts";
import type { CleanContext, MadeImage } from "./clean-context.ts";
import type { Commands } from "./commands/commands.ts";
import type { FieldSet, ValuesOf } from "./fields.ts";

export type { FilesView };

/** A file that a rule reads, found before it acts. */
export interface InputFile {
  /** Name that counts in the fingerprint and in `explain`: relative to the workspace, or where it is laid. */
  readonly name: string;
  /** Absolute path. */
  readonly path: string;
}

export interface RunningServiceView {
  readonly target: TargetName;
  /** Host name under which containers reach it. */
  readonly host: string;
  readonly hostPort: number;
  /** `http://HOST:PORT` */
  readonly url: string;
  /** Host name under which this machine reaches it. */
  readonly localHost: string;
  /** Digest of what of the service counts for the target. */
  readonly digest: Digest;
}

export interface ActContext {
  readonly target: Target;
  readonly project: Project;
  readonly files: FilesView;
  /** `.tbuild`, absolute. */
  readonly stateFolder: string;
  /** Folder of this target's own for outputs that name no place, absolute; not made yet. */
  readonly ownFolder: string;
  /** A fresh temporary folder on the same file system as the workspace, removed afterwards. */
  readonly temporaryFolder: () => Promise<string>;
  /** What the dependencies made, groups and alternatives followed. */
  readonly artifactsOf: (name: TargetName) => readonly Artifact[];
  readonly inputs: readonly InputFile[];
  readonly services: readonly RunningServiceView[];
  readonly docker: () => Promise<Docker>;
  readonly environment: NodeJS.ProcessEnv;
  /** How registries are reached. */
  readonly access: RegistryAccess;
  /** What names of servers stand for. */
  readonly pins: PinsView;
  /** Whether a target makes the image under this reference. */
  readonly isMade: (reference: string) => boolean;
  /** Runs commands on this machine. */
  readonly commands: Commands;
  readonly signal: AbortSignal;
  readonly progress: ActProgress;
  /** Layers and configurations of images, kept between runs. */
  readonly blobs: BlobStore;
  /** Folders that commands in containers find again. */
  readonly kept: KeptStore;
  /** What pushes of this workspace are about to do with tags. */
  readonly journals: BurstJournals;
  /** Clones of repositories, kept between runs. */
  readonly clones: Clones;
  /**
   * Asks whether tags may name other images where that cannot be undone; returns where they may.
   * @throws DiagnosticError where the answer is no, or nobody can be asked
   */
  readonly confirm: (overwrites: readonly Overwrite[]) => Promise<void>;
  /**
   * Standard output, for a target that writes its bytes there; nothing else is written to it then.
   * @throws DiagnosticError where it is a terminal, or taken
   */
  readonly pipe: () => NodeJS.WritableStream;
  /** Artifacts of the last successful run, when there was one. */
  readonly previous: readonly Artifact[];
  /** Identity of this workspace: the label of its containers. */
  readonly workspaceId: string;
  /** Images that this workspace made, from its traces and their history. */
  readonly madeImages: readonly MadeImage[];
  /** Paths of the files and folders that targets made or began to make, relative to the workspace. */
  readonly madeFiles: readonly string[];
  /** Tells that what will stand at these paths is tbuild's own, even if this run is killed. */
  readonly begin: (outputs: readonly string[]) => void;
  /** When a trace recorded a path or an image ID last, in milliseconds since the epoch. */
  readonly madeAt: (made: string) => number | undefined;
  /**
   * Drops the state in `.tbuild`, where `state` is among the kinds that are gone, except the lock and the
   * logs. Traces of what is not gone stay.
   */
  readonly forget: (gone: ReadonlySet<RemovalKind>) => Promise<void>;
}

/** What a question to somebody outside needs. */
export type AskContext = Pick<ActContext, "target" | "access" | "signal">;

interface ActProgress {
  output(line: string, step?: string): void;
  step(step: {
    readonly id: string;
    readonly name: string;
    readonly state: "started" | "done" | "cached" | "failed";
    readonly seconds?: number;
    readonly error?: string;
  }): void;
  transfer(id: string, done: number, total?: number): void;
  pushed(tags: readonly PushedTag[]): void;
  removed(removal: Removal): void;
  warn(problem: Diagnostic): void;
}

export type ActOutcome =
  | {
      readonly kind: "made";
      readonly artifacts: readonly Artifact[];
      readonly note?: string;
      readonly traffic?: Traffic;
      /** Of a checkout: what was checked out. */
      readonly commit?: string;
      /** Of what others made nothing was read: what this run wanted of it was known from earlier ones. */
      readonly readNothing?: boolean;
    }
  /** It is there already, and nothing was made: no news for anybody but those who need it. */
  | { readonly kind: "found"; readonly artifacts: readonly Artifact[]; readonly note: string }
  | { readonly kind: "failed"; readonly problem: Diagnostic }
  /** It is not to be had: in a `first-of` the next alternative is tried. */
  | { readonly kind: "unavailable"; readonly why: string; readonly problem: Diagnostic };

/** Something of a Dockerfile and the like that names an image: an edge, if a target makes it. */
interface ImageMention {
  readonly reference: string;
}

/** The text of a file that a target made, by its path below what that made; undefined where there is none, or none yet. */
export type ReadMade = (target: TargetName, file: string) => string | undefined;

interface KnownImage<F extends FieldSet> {
  /** Others make it: it is in the inventory where its target says how it is managed. */
  readonly isOthers: boolean;
  /** Names of the image, those in its registry too. */
  references(values: ValuesOf<F>, target: Target): readonly string[];
}

export interface RuleKind<F extends FieldSet = FieldSet> {
  /** The key in a target, and the main field. */
  readonly kind: string;
  readonly help: string;
  /** The main key first. */
  readonly fields: F;
  /** Acts each time it is asked for, since what it changes lies outside. */
  readonly always?: boolean | ((values: ValuesOf<F>) => boolean);
  /** Its outputs come from elsewhere, so that several targets may name the same one. */
  readonly bringsOutputs?: boolean;
  /** What it asks servers for by names that may come to stand for something else; images of `mentions` left out. */
  asks?(values: ValuesOf<F>, files: FilesView, target: Target): readonly Asked[];
  /** Asks a server, and may find nothing: one that takes too long counts as not to be had. */
  readonly asksServer?: boolean;
  /** Why what it made is of no use on another machine, to follow the name of the target; undefined: it is. */
  notShared?(values: ValuesOf<F>): string | undefined;
  /** What acting would remove, found without touching anything: told by a dry run. */
  look?(values: ValuesOf<F>, context: CleanContext): Promise<readonly Removal[]>;
  /** Of a kind that only asks and makes nothing: what acting would find. A dry run asks too. */
  ask?(values: ValuesOf<F>, context: AskContext): Promise<ActOutcome>;
  /** Of a kind whose targets are images: what the inventory tells of them. */
  readonly image?: KnownImage<F>;
  /** Where what it makes comes from, as far as its keys have values. */
  sources?(values: Partial<ValuesOf<F>>): readonly ImageSource[];
  /** Runs only while nothing else does. */
  readonly exclusive?: boolean;
  /** Problems that the types of the keys cannot tell. */
  check?(values: ValuesOf<F>, target: Target): readonly Diagnostic[];
  outputs(values: ValuesOf<F>, target: Target): readonly Output[];
  /** @throws DiagnosticError where a pattern matches nothing, a context is missing and the like */
  inputs?(
    values: ValuesOf<F>,
    files: FilesView,
    target: Target,
    environment: NodeJS.ProcessEnv,
  ): readonly InputFile[];
  /** The references of images that it depends on count, and not their content alone. */
  readonly countsReferences?: boolean;
  mentions?(values: ValuesOf<F>, files: FilesView, target: Target): readonly ImageMention[];
  /** The same in files that other targets make, which are no edges: they show when these are done. */
  mentionsMade?(values: ValuesOf<F>, files: FilesView, read: ReadMade): readonly ImageMention[];
  /** Names of the environment variables of the caller that count: each is a part of the fingerprint. */
  environment?(values: ValuesOf<F>): readonly string[];
  /** What to call an alternative of this kind in messages: `pull debian:bookworm-slim`. */
  title(values: Partial<ValuesOf<F>>): string;
  /** May throw DiagnosticError, or an AbortError once `context.signal` is aborted. */
  act(values: ValuesOf<F>, context: ActContext): Promise<ActOutcome>;
}

/** Keeps the field types of a kind while it is declared. */
export const ruleKind = <F extends FieldSet>(kind: RuleKind<F>): RuleKind<F> => kind;

/** A file to pack, from an input that was found. */
export const packed = (name: string, source: string): PackedFile => ({ name, source });
