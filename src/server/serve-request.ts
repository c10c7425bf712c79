/** What a server is started with, and what it asks of the part that speaks HTTP. Plain types. */
import type { Read } from "./config/config-file.ts";
import type { ServerCore } from "./core.ts";
import type { Fetch } from "./notice/github-events.ts";
import type { Clock } from "./records/clock.ts";
import type { ServerConfig } from "./records/config.ts";
import type { DataFolder } from "./records/data-folder.ts";
import type { DeliveryLog } from "./records/delivery.ts";
import type { Execute } from "./runs/outcome.ts";

/** What the HTTP part needs besides the core. */
export interface HttpParts {
  readonly config: () => ServerConfig;
  /** The secret of a repository's webhook, read anew. */
  readonly hookSecret: (repository: string) => string | undefined;
  readonly deliveries: DeliveryLog;
  readonly folder: DataFolder;
}

export interface HttpServer {
  readonly address: string;
  close(): Promise<void>;
}

export interface ServeRequest {
  readonly config: { readonly file: string; readonly shown: string; readonly read: Read };
  /** How this very program is started: Node and its file. */
  readonly program: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  /** The bundle of what starts programs, absolute; the server starts them itself where it is absent. */
  readonly starter?: string;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly fetch: Fetch;
  /** A line for whoever runs the server. */
  readonly tell: (line: string) => void;
  readonly http?: (core: ServerCore, parts: HttpParts) => Promise<HttpServer>;
  /** In the place of a tbuild for each run. */
  readonly execute?: Execute;
  /** Called once all is there, with what may be asked. */
  readonly ready?: (core: ServerCore) => void;
}
