/** Reads texts of HCL: quoted ones and heredocs, with `${…}` in them. Their expressions are read by the caller. */
import type { Cursor } from "./cursor.ts";
import type { Expression } from "./syntax.ts";

type ParseExpression = (cursor: Cursor) => Expression;

/** A text in quotes; the cursor is at the first one. */
export function parseQuoted(cursor: Cursor, parse: ParseExpression): Expression {
  const start = cursor.at++;
  const parts: (string | Expression)[] = [];
  for (;;) {
    const plain = cursor.match(/(?:[^"\\$%\n]|\$(?!\{)|%(?!\{))+/y);
    if (plain !== undefined) parts.push(plain);
    else if (cursor.startsWith('"')) break;
    else if (cursor.startsWith("\\")) parts.push(escaped(cursor));
    else if (!pushInterpolation(cursor, parts, parse)) throw unclosed(cursor, start);
  }
  cursor.at++;
  return template(parts, { start, end: cursor.at });
}

/** `<<NAME` or `<<-NAME`, whose lines lose what indents all of them; the cursor is at the first `<`. */
export function parseHeredoc(cursor: Cursor, parse: ParseExpression): Expression {
  const start = cursor.at;
  const opening = cursor.match(/<<(-?)([\p{L}_][\p{L}\p{N}_-]*)[^\S\n]*\r?\n/uy);
  if (opening === undefined) throw cursor.unexpected("a name behind `<<` and a new line");
  const strips = opening.startsWith("<<-");
  const name = opening.replace(/^<<-?/, "").trim();
  const parts: (string | Expression)[] = [];
  for (;;) {
    if (cursor.isAtEnd()) throw unclosed(cursor, start);
    if (cursor.match(new RegExp(`[^\\S\\n]*${name}(?=[^\\S\\n]*(?:\\r?\\n|$))`, "y")) !== undefined)
      break;
    for (;;) {
      const plain = cursor.match(/(?:[^$%\n]|\$(?!\{)|%(?!\{))+/y);
      if (plain !== undefined) parts.push(plain);
      else if (!pushInterpolation(cursor, parts, parse)) break;
    }
    parts.push(cursor.match(/\n/y) ?? "");
  }
  return template(strips ? withoutIndent(parts) : parts, { start, end: cursor.at });
}

/** `${…}`, or `$${` and `%%{`, which stand for themselves without their first character. */
function pushInterpolation(
  cursor: Cursor,
  parts: (string | Expression)[],
  parse: ParseExpression,
): boolean {
  const last = parts.at(-1);
  if (!cursor.startsWith("${")) {
    if (!cursor.startsWith("%{")) return false;
    if (typeof last === "string" && last.endsWith("%")) return pushEscape(cursor, parts, last);
    throw cursor.wrong("`%{` is not read here", { start: cursor.at, end: cursor.at + 2 });
  }
  if (typeof last === "string" && last.endsWith("$")) return pushEscape(cursor, parts, last);
  cursor.at += 2;
  cursor.match(/~/y);
  cursor.depth++;
  parts.push(parse(cursor));
  cursor.skip();
  cursor.match(/~/y);
  cursor.expect("}");
  cursor.depth--;
  return true;
}

function pushEscape(cursor: Cursor, parts: (string | Expression)[], last: string): true {
  parts[parts.length - 1] = last.slice(0, -1) + cursor.source.text.slice(cursor.at, cursor.at + 2);
  cursor.at += 2;
  return true;
}

const escapes: Readonly<Record<string, string>> = {
  n: "\n",
  r: "\r",
  t: "\t",
  '"': '"',
  "\\": "\\",
};

function escaped(cursor: Cursor): string {
  const code = cursor.match(/\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8}/y);
  if (code !== undefined) return String.fromCodePoint(Number.parseInt(code.slice(2), 16));
  const letter = cursor.source.text[cursor.at + 1] ?? "";
  const found = escapes[letter];
  if (found === undefined) {
    throw cursor.wrong(`\`\\${letter}\` stands for nothing`, {
      start: cursor.at,
      end: cursor.at + 2,
    });
  }
  cursor.at += 2;
  return found;
}

const unclosed = (cursor: Cursor, start: number) =>
  cursor.wrong("the text that begins here has no end", { start, end: start + 1 });

function template(
  parts: readonly (string | Expression)[],
  span: { readonly start: number; readonly end: number },
): Expression {
  if (parts.every((part) => typeof part === "string"))
    return { kind: "value", value: parts.join(""), ...span };
  return { kind: "template", parts, ...span };
}

function withoutIndent(parts: readonly (string | Expression)[]): readonly (string | Expression)[] {
  const isBegin = (index: number): boolean => {
    const before = parts[index - 1];
    return index === 0 || (typeof before === "string" && before.endsWith("\n"));
  };
  const indents = parts.flatMap((part, index) =>
    isBegin(index) && part !== "\n" && part !== ""
      ? [/^[ \t]*/.exec(typeof part === "string" ? part : "")?.[0].length ?? 0]
      : [],
  );
  const least = Math.min(...indents, 1000);
  return parts.map((part, index) =>
    typeof part === "string" && isBegin(index) && part !== "\n" ? part.slice(least) : part,
  );
}
