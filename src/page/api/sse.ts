/** Reads a stream of server-sent events from pieces of text. Knows no connection, and no event. */

export interface StreamEvent {
  readonly id?: string;
  /** `message` where the stream gives none. */
  readonly name: string;
  readonly data: string;
}

/** Pieces may end anywhere, in the middle of a line or between the two characters of a line break too. */
export class EventReader {
  #rest = "";
  #id: string | undefined;
  #name = "message";
  #data: string[] = [];

  /** @returns the events that the piece completes */
  take(piece: string): readonly StreamEvent[] {
    const text = this.#rest + piece;
    // A last carriage return may be half of a line break.
    const end = text.endsWith("\r") ? text.length - 1 : text.length;
    const lines = text.slice(0, end).split(/\r\n|\n|\r/);
    this.#rest = `${lines.pop() ?? ""}${text.slice(end)}`;
    return lines.flatMap((line) => this.#line(line) ?? []);
  }

  #line(line: string): StreamEvent | undefined {
    if (line === "") return this.#end();
    const colon = line.indexOf(":");
    const [key, value] = colon < 0 ? [line, ""] : [line.slice(0, colon), line.slice(colon + 1)];
    const text = value.startsWith(" ") ? value.slice(1) : value;
    if (key === "data") this.#data.push(text);
    if (key === "event") this.#name = text;
    if (key === "id") this.#id = text;
    return undefined;
  }

  #end(): StreamEvent | undefined {
    const event = {
      name: this.#name,
      data: this.#data.join("\n"),
      ...(this.#id !== undefined && { id: this.#id }),
    };
    const isEmpty = this.#data.length === 0;
    this.#name = "message";
    this.#data = [];
    return isEmpty ? undefined : event;
  }
}
