/** What the command line asks for, as data. */
import type { CommandTaking, LogKind, ReportName, Shell } from "../model/command-line.ts";
import type { ImportFormat, InitFormat } from "../model/init-options.ts";
import type { TokenScope } from "../model/serve-options.ts";

/** Options that mean the same whatever is asked. */
export interface CommonRequest {
  /** Target file that was named. */
  readonly file?: string;
  /** Folder to start in, absolute. */
  readonly directory: string;
  readonly jobs: number;
  /** Tries of one request to a registry in all; absent: eight. */
  readonly tries?: number;
  readonly keepGoing: boolean;
  readonly dryRun: boolean;
  /** Without asking before what cannot be undone. */
  readonly yes: boolean;
  readonly force: boolean;
  /** Whether what is not in the lock file is a problem. */
  readonly locked: boolean;
  readonly fallback: boolean;
  /** Whether the shared cache may be read, and written where the target file says so. */
  readonly cacheFrom: boolean;
  readonly cacheTo: boolean;
  /** Absent: by whether there is a terminal. */
  readonly log?: LogKind;
  /** Files that tell of a build, absolute, by their options. */
  readonly reports: Readonly<Partial<Record<ReportName, string>>>;
  /** Local checkouts as they were typed: `NAME=PATH`. */
  readonly sources: readonly string[];
  readonly quiet: boolean;
  readonly verbose: boolean;
}

interface ServeWords {
  /** As it was typed. */
  readonly config: string;
  /** Only read the configuration. */
  readonly check: boolean;
  /** Only make a token. */
  readonly token?: { readonly name: string; readonly scope: TokenScope };
}

export type Request =
  | { readonly kind: "version" }
  | { readonly kind: "help"; readonly common: CommonRequest; readonly argv: readonly string[] }
  | { readonly kind: "completion"; readonly shell: Shell }
  /** Asked by the completion scripts: what may stand where the cursor is. */
  | { readonly kind: "complete"; readonly shell: Shell; readonly words: readonly string[] }
  | { readonly kind: CommandTaking<"nothing">; readonly common: CommonRequest }
  | { readonly kind: "purge"; readonly common: CommonRequest }
  | { readonly kind: "serve"; readonly common: CommonRequest; readonly serve: ServeWords }
  /** `output` is a file, or `-` for standard output. */
  | {
      readonly kind: "init";
      readonly common: CommonRequest;
      readonly folder?: string;
      readonly from?: InitFormat;
      readonly output?: string;
    }
  | {
      readonly kind: "import";
      readonly common: CommonRequest;
      readonly format: ImportFormat;
      readonly source?: string;
      readonly output?: string;
    }
  /** `source` is a folder, a file, or `-` for standard input. */
  | { readonly kind: "load"; readonly common: CommonRequest; readonly source: string }
  /** The words are read again once the parameters of the target file are known. */
  | {
      readonly kind: "build" | CommandTaking<"targets">;
      readonly common: CommonRequest;
      readonly argv: readonly string[];
    };
