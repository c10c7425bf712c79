/** File names for targets: every place on the disk that is named after a target goes by this. */

/**
 * A file name for a target: `images[agent]` is `images@agent`, `bundles/base` is `bundles+base`,
 * `packages#1` is `packages~1`. Everything else that is not plain is escaped, so that no two names meet.
 */
export function safeFileName(name: string): string {
  const [, plain, member] = usual.exec(name) ?? [];
  if (plain === undefined) return escapedName(name);
  return member === undefined ? plain : `${plain}@${member}`;
}

/** Nothing in it to be escaped: a target, or one of a matrix. */
const usual = /^([\w-][\w.,-]*)(?:\[([\w.,-]*)\])?$/;

function escapedName(name: string): string {
  return name
    .replace(/[^A-Za-z0-9._,[\]#/-]/gu, escaped)
    .replace(/#(?!\d+$)/g, escaped)
    .replace(/#/g, "~")
    .replace(/(?<=\[.*)\[|\](?!~\d+$|$)/g, escaped)
    .replace(/\[/, "@")
    .replace(/\]/, "")
    .replace(/\//g, "+")
    .replace(/^\./, escaped);
}

function escaped(character: string): string {
  return [...Buffer.from(character)]
    .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`)
    .join("");
}
