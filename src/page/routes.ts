/** Which view an address means, and the address of each view. Names stand in the query: they may hold anything. */

export type View =
  | { readonly kind: "runs"; readonly filter: RunsFilter }
  | { readonly kind: "run"; readonly run: string }
  | { readonly kind: "log"; readonly run: string; readonly target?: string; readonly line?: number }
  | { readonly kind: "diff"; readonly from?: string; readonly to?: string }
  | { readonly kind: "inventory"; readonly repository?: string }
  | { readonly kind: "start"; readonly repository?: string }
  | { readonly kind: "sign-in"; readonly back: string }
  | { readonly kind: "unknown" };

/** Empty texts stand for all. */
export interface RunsFilter {
  readonly repository: string;
  readonly branch: string;
  readonly state: string;
  /** Only runs before this one. */
  readonly before: string;
}

export interface Address {
  readonly pathname: string;
  readonly search: string;
  readonly hash: string;
}

export function viewOf({ pathname, search, hash }: Address): View {
  const query = new URLSearchParams(search);
  const named = <K extends string>(key: K) => {
    const value = query.get(key);
    return (value ? { [key]: value } : {}) as { readonly [P in K]?: string };
  };
  const [first = "", run = "", last] = pathname.split("/").slice(1);
  switch (first) {
    case "":
      return { kind: "runs", filter: filterOf(query) };
    case "runs":
      if (run !== "" && last === "log") {
        return { kind: "log", run, ...named("target"), ...lineOf(hash) };
      }
      return run === "" || last ? { kind: "unknown" } : { kind: "run", run };
    case "diff":
      return { kind: "diff", ...named("from"), ...named("to") };
    case "inventory":
    case "start":
      return { kind: first, ...named("repository") };
    case "sign-in":
      return { kind: "sign-in", back: ownPath(query.get("back")) };
    default:
      return { kind: "unknown" };
  }
}

const filterOf = (query: URLSearchParams): RunsFilter => ({
  repository: query.get("repository") ?? "",
  branch: query.get("branch") ?? "",
  state: query.get("state") ?? "",
  before: query.get("before") ?? "",
});

function lineOf(hash: string): { readonly line?: number } {
  const [, digits] = /^#L(\d{1,12})$/.exec(hash) ?? [];
  return digits === undefined ? {} : { line: Number(digits) };
}

/** A path of this page: nobody is led elsewhere by a link. */
const ownPath = (path: string | null): string =>
  path !== null && /^\/(?![/\\])/.test(path) ? path : "/";

export const paths = {
  runs: (filter: Partial<RunsFilter> = {}): string => withQuery("/", { ...filter }),
  run: (run: string): string => `/runs/${encodeURIComponent(run)}`,
  log: (run: string, target?: string): string =>
    withQuery(`/runs/${encodeURIComponent(run)}/log`, { target }),
  diff: (from?: string, to?: string): string => withQuery("/diff", { from, to }),
  inventory: (repository?: string): string => withQuery("/inventory", { repository }),
  start: (repository?: string): string => withQuery("/start", { repository }),
  signIn: (back: string): string => withQuery("/sign-in", { back }),
};

/** What has no value is left out. */
export function withQuery(
  path: string,
  values: Readonly<Record<string, string | undefined>>,
): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) if (value) query.set(key, value);
  const text = query.toString();
  return text === "" ? path : `${path}?${text}`;
}
