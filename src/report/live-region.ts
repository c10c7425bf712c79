/**
 * The lines at the bottom of a terminal that are redrawn in place, with everything else scrolling away
 * above them. Knows how to draw, not what: the lines come from a function.
 */
import type { Clock } from "./report-options.ts";
import type { Terminal } from "./terminal.ts";
import { columnsOf } from "./width.ts";

/** A line as measured and as drawn: colours take no columns. */
export interface LiveLine {
  readonly plain: string;
  readonly painted: string;
}

const redrawEvery = 100;

/**
 *     idle --changed()--> due --tick--> drawn --changed()--> due
 *     any --hold()--> held --release()--> due
 *
 * Lines to scroll wait for the same tick, so that a thousand targets a second are ten redraws.
 */
export class LiveRegion {
  readonly #terminal: Terminal;
  readonly #linesNow: () => readonly LiveLine[];
  readonly #stopTicking: () => void;
  readonly #stopWatching: () => void;
  #scroll = "";
  #isHeld = false;
  #drawn: readonly LiveLine[] = [];

  constructor(terminal: Terminal, clock: Clock, linesNow: () => readonly LiveLine[]) {
    this.#terminal = terminal;
    this.#linesNow = linesNow;
    this.#stopTicking = clock.every(redrawEvery, () => this.#redraw(this.#linesNow()));
    this.#stopWatching = terminal.onChange((change) => {
      if (change === "resumed") this.#drawn = [];
      this.#redraw(this.#linesNow());
    });
  }

  /** Puts finished text above the region with the next redraw. */
  print(text: string): void {
    this.#scroll += text;
  }

  /** Somebody is asked something: the region goes away, and nothing is written until `release`. */
  hold(): void {
    this.#redraw([]);
    this.#isHeld = true;
  }

  release(): void {
    this.#isHeld = false;
  }

  /** Writes what waits, takes the region away and gives the cursor back. */
  close(): void {
    this.#stopTicking();
    this.release();
    this.#redraw([]);
    this.#stopWatching();
  }

  /** All in one write, so that no half-drawn state is ever seen. */
  #redraw(lines: readonly LiveLine[]): void {
    if (this.#isHeld) return;
    const nothingNew = this.#scroll === "" && sameLines(lines, this.#drawn);
    if (nothingNew) return;
    if (lines.length > 0) this.#terminal.hideCursor();
    const rows = this.#rowsDrawn();
    const back = rows === 0 ? "" : `\r\x1b[${rows}A`;
    const above = this.#scroll === "" ? "" : `\x1b[J${this.#scroll}`;
    const below = lines.map(({ painted }) => `${painted}\x1b[K\n`).join("");
    this.#terminal.write(`${back}${above}${below}\x1b[J`);
    if (lines.length === 0) this.#terminal.showCursor();
    this.#scroll = "";
    this.#drawn = lines;
  }

  /** A terminal that became narrower has wrapped what was drawn before. */
  #rowsDrawn(): number {
    const { columns } = this.#terminal;
    return this.#drawn.reduce(
      (rows, { plain }) => rows + Math.max(1, Math.ceil(columnsOf(plain) / columns)),
      0,
    );
  }
}

const sameLines = (one: readonly LiveLine[], other: readonly LiveLine[]): boolean =>
  one.length === other.length && one.every((line, at) => line.painted === other[at]?.painted);
