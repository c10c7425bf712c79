/** The part of a log that is seen, which scrolls: however long it is, only lines that are seen are elements. */
import type { Ref } from "preact";
import {
  useCallback,
  useEffect,
  useImperativeHandle,
  useMemo,
  useRef,
  useState,
} from "preact/hooks";
import { Lines } from "./lines.tsx";
import type { LogFile, LogLine } from "./log-file.ts";
import {
  type Extent,
  firstLine,
  fullHeight,
  lineHeight,
  linesSeen,
  scrollTopFor,
} from "./scrolling.ts";

export interface PaneHandle {
  /** Shows a line, counted from 0, with some before it. */
  readonly show: (line: number) => void;
}

interface LogPaneProps {
  readonly file: LogFile;
  readonly lines: number;
  readonly follow: boolean;
  readonly onFollow: (follow: boolean) => void;
  readonly marked: number | undefined;
  readonly found: ReadonlySet<number>;
  readonly path: string;
  readonly handle: Ref<PaneHandle>;
}

export function LogPane({
  file,
  lines,
  follow,
  onFollow,
  marked,
  found,
  path,
  handle,
}: LogPaneProps) {
  const pane = useRef<HTMLElement>(null);
  const height = useHeight(pane);
  const extent = useMemo(() => ({ lines, height }), [lines, height]);
  const [scrollTop, setScrollTop] = useState(0);
  const first = follow ? Math.max(0, lines - linesSeen(extent)) : firstLine(scrollTop, extent);
  const shown = useLines(file, first, extent);
  const ownScroll = useRef(-1);
  const scrollTo = useCallback((top: number) => {
    if (!pane.current) return;
    pane.current.scrollTop = top;
    ownScroll.current = pane.current.scrollTop;
    setScrollTop(pane.current.scrollTop);
  }, []);
  useImperativeHandle(
    handle,
    () => ({
      show: (line) => scrollTo(scrollTopFor(line - Math.floor(linesSeen(extent) / 3), extent)),
    }),
    [extent, scrollTo],
  );
  useEffect(() => {
    if (follow) scrollTo(fullHeight(extent));
  }, [follow, extent, scrollTo]);
  // Whoever scrolls up wants to read; who comes back to the end wants to follow.
  const scrolled = (): void => {
    const top = pane.current?.scrollTop ?? 0;
    const before = ownScroll.current;
    if (Math.abs(top - before) < 1) return;
    const isAtEnd = top + height >= fullHeight(extent) - lineHeight;
    if (follow ? top < before : isAtEnd && top > before) onFollow(!follow);
    ownScroll.current = top;
    setScrollTop(top);
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="log" ref={pane} tabIndex={0} aria-label="Log" onScroll={scrolled}>
      <div class="log-whole" style={{ height: `${fullHeight(extent)}px` }}>
        <div class="log-seen">
          <Lines
            first={shown.first}
            lines={shown.lines}
            marked={marked}
            found={found}
            path={path}
          />
        </div>
      </div>
    </section>
  );
}

function useHeight(pane: { readonly current: HTMLElement | null }): number {
  const [height, setHeight] = useState(400);
  useEffect(() => {
    const element = pane.current;
    if (!element) return undefined;
    const look = () => setHeight(element.clientHeight);
    const observer = new ResizeObserver(look);
    observer.observe(element);
    look();
    return () => observer.disconnect();
  }, [pane]);
  return height;
}

interface ShownLines {
  readonly first: number;
  readonly lines: readonly LogLine[];
}

/** What was seen before stays until the lines have come. */
function useLines(file: LogFile, first: number, extent: Extent): ShownLines {
  const [shown, setShown] = useState<ShownLines>({ first: 0, lines: [] });
  useEffect(() => {
    let isWanted = true;
    file.lines(first, first + linesSeen(extent)).then(
      (lines) => {
        if (isWanted) setShown({ first, lines });
      },
      () => undefined,
    );
    return () => {
      isWanted = false;
    };
  }, [file, first, extent]);
  return shown;
}
