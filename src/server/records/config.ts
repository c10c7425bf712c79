/** The configuration of the server as it is in effect: plain data. How it is read and checked is told in `config/`. */
import type { TokenScope } from "../../model/serve-options.ts";
import { isBranch } from "./names.ts";
import type { ParameterValue } from "./run.ts";

export interface AccessToken {
  readonly name: string;
  /** As `hashToken` makes it. */
  readonly hash: string;
  /** Each has what those before it have. */
  readonly scopes: readonly TokenScope[];
}

/** Where a secret is found. It stands in no configuration itself. */
export type SecretPlace =
  | { readonly kind: "env"; readonly name: string }
  /** Absolute. */
  | { readonly kind: "file"; readonly path: string };

export const hookKinds = ["github", "gitea", "gitlab"] as const;
export type HookKind = (typeof hookKinds)[number];

export interface Webhook {
  readonly kind: HookKind;
  readonly secret: SecretPlace;
}

export interface GithubEvents {
  readonly url: string;
  readonly token?: SecretPlace;
}

export interface Schedule {
  readonly cron: string;
  readonly branch: string;
  readonly targets: readonly string[];
}

/** Times are in seconds. */
export interface RepositoryConfig {
  readonly name: string;
  readonly url: string;
  /** Names and patterns. */
  readonly branches: readonly string[];
  /** None: nothing is built of it by itself, and others follow it. */
  readonly targets: readonly string[];
  readonly params: Readonly<Record<string, ParameterValue>>;
  /** Names of repositories whose news start a run of this one. */
  readonly follows: readonly string[];
  /** Targets whose names of servers each run asks again; all where it is empty, none where it is absent. */
  readonly update?: readonly string[];
  /** Absent: never. */
  readonly poll?: number;
  readonly githubEvents?: GithubEvents;
  readonly webhook?: Webhook;
  readonly schedules: readonly Schedule[];
  /** Whether a push ends the run of an earlier push to its branch. */
  readonly cancelRunning: boolean;
  /** Whether the branches found at the first start count as pushed. */
  readonly buildAtStart: boolean;
  readonly priority: number;
  readonly time?: number;
  /** Names of the server's environment that its runs are given. */
  readonly environment: readonly string[];
}

export interface ServerConfig {
  readonly listen: { readonly host: string; readonly port: number };
  /** Absolute. */
  readonly data: string;
  /** Of links and badges, without a slash at its end. */
  readonly url?: string;
  readonly read: "token" | "public";
  readonly limits: {
    readonly runs: number;
    readonly perRepository: number;
    readonly queued: number;
    /** Of one run, in seconds. */
    readonly time: number;
    /** Seconds that running ones get to end when the server stops. */
    readonly stop: number;
  };
  readonly keep: {
    readonly runs: number;
    /** Seconds. */
    readonly for: number;
    /** Bytes. */
    readonly size: number;
  };
  readonly tokens: readonly AccessToken[];
  /** Addresses of proxies whose word counts for whom they speak for. */
  readonly proxies?: readonly string[];
  readonly repositories: readonly RepositoryConfig[];
}

/** The branch that is meant where none is named: the first that is a name and no pattern. */
export const usualBranch = ({ branches }: Pick<RepositoryConfig, "branches">): string =>
  branches.find(isBranch) ?? branches[0] ?? "main";
