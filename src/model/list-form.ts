/** The form of the values of a list, such as `name==version`: what its pieces are, and which text is which piece. */

export interface FormPiece {
  readonly name: string;
  /** What stands before it; empty for the first. */
  readonly separator: string;
  /** Regular expression that the whole of it must match. */
  readonly pattern?: string;
  /** Key of the parameter whose value it has where it is left out. */
  readonly otherwise?: string;
}

export interface ListForm {
  /** As it is declared. */
  readonly text: string;
  readonly pieces: readonly FormPiece[];
}

/** Names of pieces with something between them; undefined for what is no form of at least two. */
export function parseForm(text: string): ListForm | undefined {
  const names = text.match(/[A-Za-z]\w*/g) ?? [];
  const separators = text.split(/[A-Za-z]\w*/);
  const isForm =
    names.length > 1 &&
    new Set(names).size === names.length &&
    separators.at(0) === "" &&
    separators.at(-1) === "" &&
    separators.slice(1, -1).every((each) => /^[.+~:@/=-]+$/.test(each));
  if (!isForm) return undefined;
  const pieces = names.map((name, index) => ({ name, separator: separators[index] ?? "" }));
  return { text, pieces };
}

/**
 * The pieces of a value, each up to where the next one's separator begins; fewer than the form has where the
 * last ones are left out.
 */
export function takeApart(value: string, separators: readonly string[]): readonly string[] {
  const found: string[] = [];
  let rest = value;
  for (const separator of separators.slice(1)) {
    const at = rest.indexOf(separator);
    if (at < 0) break;
    found.push(rest.slice(0, at));
    rest = rest.slice(at + separator.length);
  }
  return [...found, rest];
}

export const separatorsOf = ({ pieces }: ListForm): readonly string[] =>
  pieces.map(({ separator }) => separator);

/** The value that has these pieces, one for each of the form. */
export const putTogether = ({ pieces }: ListForm, values: readonly string[]): string =>
  pieces.map(({ separator }, index) => separator + (values[index] ?? "")).join("");
