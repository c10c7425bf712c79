/** A position in an HCL text: what stands there, past spaces and comments. Knows no grammar. */
import type { Span } from "../../../config/yaml/node.ts";
import type { Source } from "../../../config/yaml/source.ts";
import { wrong } from "../../problems.ts";

export class Cursor {
  readonly source: Pick<Source, "text" | "locate">;
  at = 0;
  /** Brackets that are open: line ends count for nothing in them. */
  depth = 0;

  constructor(source: Pick<Source, "text" | "locate">) {
    this.source = source;
  }

  /** Past spaces and comments, and past line ends where they do not end anything. */
  skip(lines = this.depth > 0): void {
    const gap = lines
      ? /(?:\s+|#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y
      : /(?:[^\S\n]+|#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y;
    this.match(gap);
  }

  /** What the sticky expression finds here; the cursor is behind it then. */
  match(expression: RegExp): string | undefined {
    expression.lastIndex = this.at;
    const found = expression.exec(this.source.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  startsWith(text: string): boolean {
    return this.source.text.startsWith(text, this.at);
  }

  /** Whether the text stood next; the cursor is behind it then. */
  take(text: string): boolean {
    this.skip();
    if (!this.startsWith(text)) return false;
    this.at += text.length;
    return true;
  }

  expect(text: string): void {
    if (!this.take(text)) throw this.unexpected(`\`${text}\``);
  }

  /** A name, or undefined. */
  name(): string | undefined {
    this.skip();
    return this.match(/[\p{L}_][\p{L}\p{N}_-]*/uy);
  }

  isAtEnd(): boolean {
    return this.at >= this.source.text.length;
  }

  /** @param wanted in words */
  unexpected(wanted: string) {
    const rest = this.source.text.slice(this.at).split("\n", 1)[0] ?? "";
    const found = this.isAtEnd()
      ? "the end of the file"
      : rest === ""
        ? "the end of the line"
        : `\`${rest.slice(0, 20)}\``;
    return this.wrong(`expected ${wanted}, found ${found}`, { start: this.at, end: this.at + 1 });
  }

  wrong(message: string, at: Span) {
    return wrong(
      "hcl-syntax",
      message,
      this.source.locate(at),
      "`docker buildx bake --print` tells more",
    );
  }
}
