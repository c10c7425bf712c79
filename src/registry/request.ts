/** One request to a registry, as those who know the API word it. Sends nothing. */
import type { Body } from "./exchange.ts";

export interface RegistryRequest {
  readonly method: string;
  /** A path below `/v2/`, or a place that the registry named. */
  readonly to: string | URL;
  /** Repository that it is about. */
  readonly repository: string;
  /** What a token must allow, as `repository:NAME:pull`. */
  readonly scopes: readonly string[];
  /** To follow "cannot" in messages. */
  readonly doing: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Body;
  /** Takes what an answer 200 holds as it comes; called anew for each try. */
  readonly take?: (content: AsyncIterable<Uint8Array>) => Promise<void>;
  readonly signal: AbortSignal;
}
