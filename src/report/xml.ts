/** Elements of XML 1.0 as text: whatever is in a text or attribute, a reader can read it. Knows no format. */
import { stripVTControlCharacters } from "node:util";

/** With each element on a line of its own; texts have no line breaks added. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number | undefined>>,
  children: readonly string[] | string = [],
): string {
  const shown = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${key}="${escapedAttribute(String(value))}"`],
  );
  const start = `<${name}${shown.join("")}`;
  if (children.length === 0) return `${start}/>`;
  if (typeof children === "string") return `${start}>${escaped(children)}</${name}>`;
  return `${start}>\n${children.join("\n")}\n</${name}>`;
}

/** Line breaks would be read as blanks. */
const escapedAttribute = (text: string): string =>
  escaped(text).replaceAll('"', "&quot;").replaceAll("\t", "&#9;").replaceAll("\n", "&#10;");

/** A lone carriage return would be read as a line break. */
const escaped = (text: string): string =>
  readable(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll("\r", "&#13;");

/** Without colours; what XML 1.0 has no way to write at all, escaped or not, is `�` (its section 2.2). */
const readable = (text: string): string =>
  stripVTControlCharacters(text).replace(unwritable, "\u{FFFD}");

const unwritable = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;
