/** Lines of a log as they are seen: numbers, colours, the line that a link means, and what was searched for. */
import { piecesOf } from "./ansi.ts";

interface LinesProps {
  /** Of the first one, counted from 0. */
  readonly first: number;
  readonly texts: readonly string[];
  /** Counted from 1, as people do. */
  readonly marked: number | undefined;
  readonly found: ReadonlySet<number>;
  /** Address of the log, without the line. */
  readonly path: string;
}

export const Lines = ({ first, texts, marked, found, path }: LinesProps) => (
  <>
    {texts.map((text, at) => {
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
            {piecesOf(text).map(({ text: piece, classes }, index) =>
              classes === "" ? (
                piece
              ) : (
                <span class={classes} key={index}>
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
