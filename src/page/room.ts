/** What every view is given: the API, what happens live, where to go, and a voice. */
import { createContext } from "preact";
import { useCallback, useContext, useEffect, useRef, useState } from "preact/hooks";
import { type Api, ApiError } from "./api/client.ts";
import type { Live, LiveEvent } from "./api/live.ts";

export interface Room {
  readonly api: Api;
  readonly live: Live;
  /** To another address of the page. */
  readonly go: (path: string) => void;
  /** Says one sentence to whoever listens to the page and does not see it. */
  readonly announce: (text: string) => void;
}

export const RoomContext = createContext<Room | undefined>(undefined);

export function useRoom(): Room {
  const room = useContext(RoomContext);
  if (room === undefined) throw new Error("a view stands outside of the room");
  return room;
}

/** Calls the newest `listener` for as long as the view is there. */
export function useLive(listener: (event: LiveEvent) => void): void {
  const { live } = useRoom();
  const newest = useRef(listener);
  newest.current = listener;
  useEffect(() => live.subscribe((event) => newest.current(event)), [live]);
}

export interface Loaded<T> {
  readonly value: T | undefined;
  readonly problem: ApiError | undefined;
  /** Puts what came live in its place. */
  readonly change: (change: (value: T) => T) => void;
  readonly reload: () => void;
}

/** What the API answers for a path, read anew when events were missed; the old value stays until then. */
export function useLoaded<T>(path: string | undefined): Loaded<T> {
  const { api } = useRoom();
  const [value, setValue] = useState<T>();
  const [problem, setProblem] = useState<ApiError>();
  const [round, setRound] = useState(0);
  const reload = useCallback(() => setRound((before) => before + 1), []);
  useEffect(() => {
    if (path === undefined) return undefined;
    const giveUp = new AbortController();
    api.json<T>(path, { signal: giveUp.signal }).then(
      (answer) => {
        setValue(answer);
        setProblem(undefined);
      },
      (error: unknown) => {
        if (!giveUp.signal.aborted) setProblem(asApiError(error));
      },
    );
    return () => giveUp.abort();
  }, [api, path, round]);
  useLive((event) => {
    if (event.kind === "reset") reload();
  });
  const change = useCallback(
    (next: (value: T) => T) => setValue((before) => (before === undefined ? before : next(before))),
    [],
  );
  return { value, problem, change, reload };
}

export const asApiError = (error: unknown): ApiError =>
  error instanceof ApiError ? error : new ApiError(0, (error as Error).message);

/** The time of this machine, told anew every second while something runs, and every half a minute else. */
export function useNow(isRunning: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), isRunning ? 1000 : 30_000);
    return () => clearInterval(timer);
  }, [isRunning]);
  return now;
}
