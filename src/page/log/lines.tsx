/** Lines of a log as they are seen: numbers, colours, the line that a link means, and what was searched for. */
import { piecesOf } from "./ansi.ts";
import type { LogLine } from "./log-file.ts";

interface LinesProps {
  /** Of the first one, counted from 0. */
  readonly first: number;
  readonly lines: readonly LogLine[];
  /** Counted from 1, as people do. */
  readonly marked: number | undefined;
  readonly found: ReadonlySet<number>;
  /** Address of the log, without the line. */
  readonly path: string;
}

export const Lines = ({ first, lines, marked, found, path }: LinesProps) => (
  <>
    {lines.map(({ text, look }, at) => {
      const number = first + at + 1;
      const looks = [
        "line",
        number === marked ? "line-marked" : "",
        found.has(number - 1) ? "line-found" : "",
      ];
      return (
        <div class={looks.filter(Boolean).join(" ")} key={number}>
          <a class="line-number" href={`${path}#L${number}`} tabIndex={-1}>
            {number}
          </a>
          <span class="line-text">
            {piecesOf(text, look).map(({ text: piece, classes, inks }, index) =>
              classes === "" ? (
                piece
              ) : (
                <span class={classes} style={inks} key={index}>
                  {piece}
                </span>
              ),
            )}
          </span>
        </div>
      );
    })}
  </>
);
