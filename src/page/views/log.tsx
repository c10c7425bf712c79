/** A log: live, searched, with links to its lines. How much of it is read is the log's business. */

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { bytes } from "../../model/size.ts";
import { LogPane, type PaneHandle } from "../log/log-pane.tsx";
import { type OpenLog, type Search, useLog, useSearch } from "../log/use-log.ts";
import { Heading } from "../parts/heading.tsx";
import { Problem } from "../parts/words.tsx";
import { useRoom } from "../room.ts";
import { paths } from "../routes.ts";

interface LogViewProps {
  readonly run: string;
  readonly target?: string;
  /** Counted from 1. */
  readonly line?: number;
}

export function LogView({ run, target, line }: LogViewProps) {
  const log = useLog(run, target);
  const [search, begin] = useSearch(log.file);
  const [follow, setFollow] = useState(line === undefined);
  const found = useMemo(() => new Set(search.found), [search.found]);
  const pane = useRef<PaneHandle>(null);
  const path = paths.log(run, target);
  const step = useSteps(search, line, path);
  useShownLine(log, line, { pane, stopFollowing: () => setFollow(false) });
  return (
    <>
      <Heading text={target === undefined ? "Console of the run" : `Log of ${target}`} />
      <p>
        <a href={paths.run(run)}>{`Run ${run}`}</a>{" "}
        <span class="faint">{`${log.lines} lines, ${bytes(log.file.index.bytes)}`}</span>
        {log.file.index.bytes < log.file.total && (
          <span class="faint"> of {bytes(log.file.total)}</span>
        )}
      </p>
      <div class="log-tools">
        <SearchForm search={search} begin={begin} step={step} line={line} />
        <GoToLine path={path} />
        <label>
          <input
            type="checkbox"
            checked={follow}
            onChange={(event) => setFollow(event.currentTarget.checked)}
          />{" "}
          Follow
        </label>
      </div>
      {log.problem && <Problem problem={log.problem} />}
      {log.isRead && log.lines === 0 && <p>Nothing was put out, so far.</p>}
      <LogPane
        {...{ file: log.file, lines: log.lines, follow, path, marked: line, found }}
        onFollow={setFollow}
        handle={pane}
      />
    </>
  );
}

/** A link to a line shows it as soon as the log is known that far. */
function useShownLine(
  { lines, isRead }: OpenLog,
  line: number | undefined,
  {
    pane,
    stopFollowing,
  }: { readonly pane: { readonly current: PaneHandle | null }; readonly stopFollowing: () => void },
): void {
  const done = useRef<number | undefined>(undefined);
  useEffect(() => {
    if (line === undefined || done.current === line) return;
    if (lines < line && !isRead) return;
    done.current = line;
    stopFollowing();
    pane.current?.show(line - 1);
  }, [line, lines, isRead, pane, stopFollowing]);
}

type Step = (direction: 1 | -1) => void;

/** To the next or previous line that was found, from the one that is marked, and around the end. What is new is shown at once. */
function useSteps({ wanted, found }: Search, line: number | undefined, path: string): Step {
  const { go } = useRoom();
  const step: Step = (direction) => {
    const at = line === undefined ? -1 : line - 1;
    const next =
      direction === 1
        ? (found.find((each) => each > at) ?? found[0])
        : (found.findLast((each) => each < at) ?? found.at(-1));
    if (next !== undefined) go(`${path}#L${next + 1}`);
  };
  const shown = useRef("");
  useEffect(() => {
    if (wanted === shown.current || (found.length === 0 && wanted !== "")) return;
    shown.current = wanted;
    if (found.length > 0) step(1);
  });
  return step;
}

interface SearchFormProps {
  readonly search: Search;
  readonly begin: (wanted: string) => void;
  readonly step: Step;
  readonly line: number | undefined;
}

function SearchForm({ search, begin, step, line }: SearchFormProps) {
  const [wanted, setWanted] = useState("");
  const isKnown = wanted === search.wanted;
  const go = (direction: 1 | -1): void => (isKnown ? step(direction) : begin(wanted));
  const found = search.found.length;
  const at = line === undefined ? -1 : search.found.indexOf(line - 1);
  return (
    <form
      aria-label="Search in the log"
      onSubmit={(event) => {
        event.preventDefault();
        go(1);
      }}
    >
      <label>
        Search{" "}
        <input
          type="search"
          value={wanted}
          onInput={(event) => setWanted(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || !event.shiftKey) return;
            event.preventDefault();
            go(-1);
          }}
        />
      </label>
      <button type="submit">Next</button>
      <button type="button" onClick={() => go(-1)}>
        Previous
      </button>
      <output>
        {search.wanted !== "" &&
          `${at >= 0 ? `${at + 1} of ` : ""}${found} ${found === 1 ? "line" : "lines"}${search.isDone ? "" : " so far"}`}
      </output>
    </form>
  );
}

function GoToLine({ path }: { readonly path: string }) {
  const { go } = useRoom();
  const [number, setNumber] = useState("");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (/^\d+$/.test(number)) go(`${path}#L${number}`);
      }}
    >
      <label>
        Line{" "}
        <input
          class="short"
          inputMode="numeric"
          value={number}
          onInput={(event) => setNumber(event.currentTarget.value.trim())}
        />
      </label>
      <button type="submit">Go</button>
    </form>
  );
}
