/** The kinds of parts of a fingerprint: how each is written in a trace, ordered among reasons, and called. */

interface PartKind {
  /** What people call it, before its name. */
  readonly called: string;
  /** Its value is short and no digest: a change of it is told in full. */
  readonly isPlain?: true;
}

/** Causes before consequences: a parameter also changes the keys that it stands in. */
const partKinds = {
  rule: { called: "rule" },
  source: { called: "source", isPlain: true },
  parameter: { called: "parameter", isPlain: true },
  environment: { called: "environment", isPlain: true },
  pin: { called: "lock entry" },
  file: { called: "input" },
  dependency: { called: "dependency" },
  service: { called: "service" },
  field: { called: "key" },
} as const satisfies Readonly<Record<string, PartKind>>;

export type PartName = keyof typeof partKinds;

/** As a trace has it: `file a/b`. */
export const partOf = (kind: PartName, name: string): string => `${kind} ${name}`;

/** Compares two parts for the order in which they are told. */
export const comparePart = (a: string, b: string): number =>
  rankOf(a) - rankOf(b) || (a < b ? -1 : 1);

/** `file a/b` reads as input `a/b`, `rule` as the rule. */
export function describePart(part: string): string {
  const { word, name } = split(part);
  if (name === undefined) return `the ${part}`;
  return `${kindOf(word)?.called ?? word} \`${name}\``;
}

/** The key of the lock file that a part tells of. */
export function pinOfPart(part: string): string | undefined {
  const { word, name } = split(part);
  return word === "pin" ? name : undefined;
}

/** Whether the values of a part say something to people. */
export const isPlainPart = (part: string): boolean => kindOf(split(part).word)?.isPlain === true;

/** The path of a file that is a part, else the part itself. */
export function pathOfPart(part: string): string {
  const { word, name } = split(part);
  return word === "file" && name !== undefined ? name : part;
}

const order = Object.keys(partKinds);
const rankOf = (part: string): number => order.indexOf(split(part).word);
const kindOf = (word: string): PartKind | undefined =>
  word in partKinds ? partKinds[word as PartName] : undefined;

function split(part: string): { readonly word: string; readonly name?: string } {
  const space = part.indexOf(" ");
  if (space < 0) return { word: part };
  return { word: part.slice(0, space), name: part.slice(space + 1) };
}
