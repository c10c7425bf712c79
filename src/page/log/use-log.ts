/** A log for a view: what is known of it so far, read on as it grows, and searched. */
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { type Api, ApiError } from "../api/client.ts";
import { asApiError, useLive, useRoom } from "../room.ts";
import { LogFile, type ReadBytes } from "./log-file.ts";

export interface OpenLog {
  readonly file: LogFile;
  /** Changes with every piece, so that views look again. */
  readonly lines: number;
  readonly problem: ApiError | undefined;
  /** Whether all that was there has been read once. */
  readonly isRead: boolean;
}

export function useLog(run: string, target: string | undefined): OpenLog {
  const { api } = useRoom();
  const path = `/runs/${encodeURIComponent(run)}${target === undefined ? "" : `/targets/${encodeURIComponent(target)}`}/log`;
  const file = useMemo(() => new LogFile(rangeReader(api, path)), [api, path]);
  const [lines, setLines] = useState(0);
  const [problem, setProblem] = useState<ApiError>();
  const [isRead, setRead] = useState(false);
  const grow = useCallback(() => {
    file
      .grow(() => setLines(file.index.lines))
      .then(
        () => {
          setProblem(undefined);
          setRead(true);
        },
        (error) => setProblem(asApiError(error)),
      );
  }, [file]);
  useEffect(grow, [grow]);
  useLive((event) => {
    if (event.kind === "log-grown" && event.run === run && event.target === target) grow();
    if (event.kind === "run-changed" && event.run.id === run) grow();
    if (event.kind === "reset") grow();
  });
  return { file, lines, problem, isRead };
}

function rangeReader(api: Api, path: string): ReadBytes {
  return async (from, to) => {
    try {
      const response = await api.ask(path, { headers: { range: `bytes=${from}-${to - 1}` } });
      const bytes = new Uint8Array(await response.arrayBuffer());
      const total = /\/(\d+)$/.exec(response.headers.get("content-range") ?? "")?.[1];
      // An empty log has no range, and is answered as a whole.
      return {
        bytes: response.status === 206 ? bytes : bytes.subarray(from),
        total: Number(total ?? bytes.length),
      };
    } catch (error) {
      // There is nothing after what we have, not yet: of a target that says nothing, not even a log.
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 416 || error.code === "unknown-log") return undefined;
      throw error;
    }
  };
}

export interface Search {
  readonly wanted: string;
  /** Lines, counted from 0, in their order. */
  readonly found: readonly number[];
  readonly isDone: boolean;
}

const none: Search = { wanted: "", found: [], isDone: true };

/** More hits than this say only that there are many. */
const mostFound = 100_000;

export function useSearch(file: LogFile): readonly [Search, (wanted: string) => void] {
  const [search, setSearch] = useState<Search>(none);
  const running = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => running.current?.abort(), []);
  const begin = useCallback(
    (wanted: string) => {
      running.current?.abort();
      const own = new AbortController();
      running.current = own;
      if (wanted === "") return setSearch(none);
      setSearch({ wanted, found: [], isDone: false });
      void follow(file, wanted, { own, tell: setSearch });
    },
    [file],
  );
  return [search, begin];
}

async function follow(
  file: LogFile,
  wanted: string,
  { own, tell }: { readonly own: AbortController; readonly tell: (search: Search) => void },
): Promise<void> {
  const found: number[] = [];
  try {
    for await (const lines of file.search(wanted, own.signal)) {
      for (const line of lines) found.push(line);
      if (own.signal.aborted) return;
      if (lines.length > 0) tell({ wanted, found: [...found], isDone: false });
      if (found.length >= mostFound) break;
    }
  } catch {
    // What was found before the connection broke is still true.
  }
  if (!own.signal.aborted) tell({ wanted, found, isDone: true });
}
