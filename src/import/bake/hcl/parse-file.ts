/** Reads an HCL file into its blocks and attributes. Expressions are read by `parse-expression.ts`. */
import type { Source } from "../../../config/yaml/source.ts";
import { Cursor } from "./cursor.ts";
import { parseExpression } from "./parse-expression.ts";
import type { Attribute, Block } from "./syntax.ts";

/**
 * The whole file as one block without a type.
 * @throws DiagnosticError with the place of the first mistake
 */
export function parseHcl(source: Pick<Source, "text" | "locate">): Block {
  const cursor = new Cursor(source);
  const body = parseBody(cursor);
  if (!cursor.isAtEnd()) throw cursor.unexpected("a block or an attribute");
  return { type: "", labels: [], ...body, start: 0, end: cursor.at };
}

/** Up to the `}` that ends it, or the end of the file. */
function parseBody(cursor: Cursor): Pick<Block, "attributes" | "blocks"> {
  const attributes: Attribute[] = [];
  const blocks: Block[] = [];
  for (;;) {
    cursor.skip(true);
    if (cursor.isAtEnd() || cursor.startsWith("}")) return { attributes, blocks };
    const start = cursor.at;
    const name = wordOf(cursor);
    if (name === undefined) throw cursor.unexpected("a block or an attribute");
    cursor.skip();
    if (cursor.startsWith("=") && !cursor.startsWith("==")) {
      cursor.at++;
      attributes.push({ name, value: parseExpression(cursor), start, end: cursor.at });
    } else blocks.push(parseBlock(cursor, name, start));
    endOfLine(cursor);
  }
}

/** A name; bake files also have them in quotes. */
function wordOf(cursor: Cursor): string | undefined {
  const quoted = cursor.match(/"[^"\\$\n]*"/y);
  return quoted === undefined ? cursor.name() : quoted.slice(1, -1);
}

function parseBlock(cursor: Cursor, type: string, start: number): Block {
  const labels: string[] = [];
  for (;;) {
    cursor.skip();
    if (cursor.startsWith("{")) break;
    const label = wordOf(cursor);
    if (label === undefined) throw cursor.unexpected(`\`=\` or \`{\` behind \`${type}\``);
    labels.push(label);
  }
  cursor.at++;
  const body = parseBody(cursor);
  if (!cursor.startsWith("}"))
    throw cursor.wrong(`block \`${type}\` has no \`}\``, { start, end: start + type.length });
  cursor.at++;
  return { type, labels, ...body, start, end: cursor.at };
}

function endOfLine(cursor: Cursor): void {
  cursor.skip();
  if (
    cursor.isAtEnd() ||
    cursor.startsWith("\n") ||
    cursor.startsWith("\r") ||
    cursor.startsWith("}")
  )
    return;
  throw cursor.unexpected("the end of the line");
}
