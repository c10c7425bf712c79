/**
 * Reads one line of a list of checksums as sha256sum and its kin write it (GNU coreutils manual, "md5sum
 * invocation"): `HEX  NAME`, `HEX *NAME`, `SHA256 (NAME) = HEX`. Knows nothing of where the list lies.
 */
import path from "node:path";

export type Line =
  /** Blank, or a comment. */
  | { readonly kind: "nothing" }
  | {
      readonly kind: "file";
      /** As it is written, normalised; it stays in the folder that it starts at. */
      readonly name: string;
      readonly algorithm: Algorithm;
      /** Hexadecimal, in lower case. */
      readonly digest: string;
    }
  | {
      readonly kind: "wrong";
      readonly code: string;
      readonly message: string;
      readonly hint: string;
    };

type Algorithm = "sha256" | "sha512";

const digits: Readonly<Record<Algorithm, number>> = { sha256: 64, sha512: 128 };

const plain = /^([0-9a-f]+) [ *](.+)$/is;
/** With or without blanks, as BSD and OpenSSL write it. */
const tagged = /^([a-z0-9/-]+) ?\((.+)\) ?= ?([0-9a-f]+)$/is;

/** Whether a text of the target file is such a line rather than a path: right or wrong. */
export const looksLikeLine = (text: string): boolean =>
  /^\s*\\?[0-9a-f]{32,}\s/i.test(text) || tagged.test(text.trim().replace(/^\\/, ""));

export function readLine(line: string): Line {
  const text = line.replace(/\r$/, "").replace(/^[ \t]+/, "");
  if (text === "" || text.startsWith("#")) return { kind: "nothing" };
  const isEscaped = text.startsWith("\\");
  const bare = isEscaped ? text.slice(1) : text;
  const [, hex = "", last = ""] = plain.exec(bare) ?? [];
  const [, tag = "", inner = "", value = ""] = hex === "" ? (tagged.exec(bare) ?? []) : [];
  const [digest, written] = hex === "" ? [value, inner] : [hex, last];
  if (digest === "") return malformed(text);
  const algorithm = algorithmOf(tag, digest);
  if (typeof algorithm !== "string") return algorithm;
  const name = path.posix.normalize(isEscaped ? unescaped(written) : written);
  if (path.posix.isAbsolute(name) || name === ".." || name.startsWith("../"))
    return leaves(written);
  return { kind: "file", name, algorithm, digest: digest.toLowerCase() };
}

/** By the tag, where there is one, else by the length. */
function algorithmOf(tag: string, digest: string): Algorithm | (Line & { kind: "wrong" }) {
  const known = ["sha256", "sha512"] as const;
  const wanted = tag.toLowerCase().replace("-", "");
  const found = known.find((each) =>
    tag === "" ? digits[each] === digest.length : each === wanted,
  );
  if (found === undefined)
    return wrong(
      "checksum-unknown",
      tag === ""
        ? `a checksum of ${digest.length} digits is neither sha256 (64) nor sha512 (128)`
        : `\`${tag}\` is neither sha256 nor sha512`,
      "write the list with `sha256sum` or `sha512sum`",
    );
  if (digits[found] === digest.length) return found;
  const message = `a ${found} has ${digits[found]} digits, found ${digest.length}`;
  return wrong("checksum-unknown", message, "write the list anew");
}

const leaves = (name: string): Line =>
  wrong(
    "checksum-outside",
    `\`${name}\` leaves the folder of the list`,
    "names start at the folder of their list, or of the target file, and stay in it",
  );

const malformed = (text: string): Line =>
  wrong(
    "checksum-malformed",
    `no line of a list of checksums: \`${text.length > 60 ? `${text.slice(0, 59)}…` : text}\``,
    "a line reads `HEX  NAME`, `HEX *NAME` or `SHA256 (NAME) = HEX`",
  );

const wrong = (code: string, message: string, hint: string) =>
  ({ kind: "wrong", code, message, hint }) as const;

/** What a `\` before the line announces: names with line breaks, and with the sign itself. */
const unescaped = (name: string): string =>
  name.replace(/\\([\\nr])/g, (_, sign: string) => escapes[sign] ?? sign);

const escapes: Readonly<Record<string, string>> = { n: "\n", r: "\r" };
