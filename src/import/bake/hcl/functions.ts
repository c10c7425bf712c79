/** The functions of bake files that tbuild can work out. Those that ask for the time and the like are not among them. */
import { isList, isObject, NoValue, textOf, type Value } from "./value.ts";

interface KnownFunction {
  /** Whether what it is given only becomes part of the result, so that marks in it keep their meaning. */
  readonly keeps?: true;
  readonly call: (args: readonly Value[]) => Value;
}

export const functionOf = (name: string): KnownFunction | undefined => known.get(name);

const listOf = (value: Value | undefined): readonly Value[] => {
  if (value !== undefined && isList(value)) return value;
  throw new NoValue("what is no list was given for one");
};

const objectOf = (value: Value | undefined) => {
  if (value !== undefined && isObject(value)) return value;
  throw new NoValue("what is no object was given for one");
};

const same = (one: Value | undefined, other: Value | undefined): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

/** A function of texts alone. */
const ofTexts =
  (make: (...texts: string[]) => Value): KnownFunction["call"] =>
  (args) =>
    make(...args.map((arg) => textOf(arg)));

const flatten = (value: Value): readonly Value[] =>
  isList(value) ? value.flatMap(flatten) : [value];

const distinct = (values: readonly Value[]): readonly Value[] =>
  values.filter((value, index) => values.findIndex((other) => same(value, other)) === index);

function format(pattern: string, args: readonly Value[]): string {
  let next = 0;
  return pattern.replace(/%(%|[a-z])|%./g, (found, verb: string | undefined) => {
    if (verb === "%") return "%";
    if (verb === undefined || !"sdvqt".includes(verb))
      throw new NoValue(`\`${found}\` of a pattern is not known`);
    const text = textOf(args[next++] ?? null);
    return verb === "q" ? JSON.stringify(text) : text;
  });
}

function formatList(args: readonly Value[]): Value {
  const [pattern = "", ...others] = args;
  const length = Math.max(0, ...others.map((other) => (isList(other) ? other.length : 1)));
  return Array.from({ length }, (_, at) =>
    format(
      textOf(pattern),
      others.map((other) => (isList(other) ? (other[at] ?? null) : other)),
    ),
  );
}

/** RE2 and JavaScript agree on what bake files use. */
function expression(text: string, flags: string): RegExp {
  try {
    return new RegExp(text, flags);
  } catch {
    throw new NoValue(`\`${text}\` is no expression that tbuild can read`);
  }
}

const known: ReadonlyMap<string, KnownFunction> = new Map<string, KnownFunction>([
  [
    "join",
    {
      keeps: true,
      call: ([by = "", ...lists]) =>
        lists
          .flatMap((list) => listOf(list))
          .map((item) => textOf(item))
          .join(textOf(by)),
    },
  ],
  ["concat", { keeps: true, call: (args) => args.flatMap((arg) => listOf(arg)) }],
  ["flatten", { keeps: true, call: ([list]) => flatten(listOf(list)) }],
  [
    "merge",
    {
      keeps: true,
      call: (args) => Object.assign({}, ...args.map((arg) => objectOf(arg))) as Value,
    },
  ],
  ["format", { keeps: true, call: ([pattern = "", ...args]) => format(textOf(pattern), args) }],
  ["formatlist", { keeps: true, call: formatList }],
  ["keys", { keeps: true, call: ([object]) => Object.keys(objectOf(object)).sort() }],
  [
    "values",
    {
      keeps: true,
      call: ([object]) =>
        Object.entries(objectOf(object))
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([, value]) => value),
    },
  ],
  [
    "element",
    {
      keeps: true,
      call: ([list, at = 0]) => {
        const all = listOf(list);
        return all[Number(at) % all.length] ?? null;
      },
    },
  ],
  [
    "compact",
    { keeps: true, call: ([list]) => listOf(list).filter((item) => item !== "" && item !== null) },
  ],
  ["distinct", { keeps: true, call: ([list]) => distinct(listOf(list)) }],
  ["contains", { call: ([list, item]) => listOf(list).some((each) => same(each, item)) }],
  [
    "length",
    {
      call: ([value = null]) =>
        isList(value)
          ? value.length
          : isObject(value)
            ? Object.keys(value).length
            : String(value).length,
    },
  ],
  [
    "lookup",
    { call: ([object, key = "", otherwise = null]) => objectOf(object)[textOf(key)] ?? otherwise },
  ],
  ["coalesce", { call: (args) => args.find((arg) => arg !== null && arg !== "") ?? null }],
  ["slice", { call: ([list, from = 0, to]) => listOf(list).slice(Number(from), Number(to)) }],
  [
    "reverse",
    {
      call: ([value = null]) =>
        isList(value) ? [...value].reverse() : [...textOf(value)].reverse().join(""),
    },
  ],
  [
    "sort",
    {
      call: ([list]) =>
        listOf(list)
          .map((item) => textOf(item))
          .sort(),
    },
  ],
  [
    "range",
    {
      call: ([one = 0, two]) => {
        const [from, to] = two === undefined ? [0, Number(one)] : [Number(one), Number(two)];
        return Array.from({ length: Math.max(0, to - from) }, (_, at) => from + at);
      },
    },
  ],
  ["equal", { call: ([one, other]) => same(one, other) }],
  ["notequal", { call: ([one, other]) => !same(one, other) }],
  ["not", { call: ([value]) => value !== true }],
  ["and", { call: ([one, other]) => one === true && other === true }],
  ["or", { call: ([one, other]) => one === true || other === true }],
  ["add", { call: ([one, other]) => Number(one) + Number(other) }],
  ["subtract", { call: ([one, other]) => Number(one) - Number(other) }],
  ["upper", { call: ofTexts((text = "") => text.toUpperCase()) }],
  ["lower", { call: ofTexts((text = "") => text.toLowerCase()) }],
  [
    "title",
    { call: ofTexts((text = "") => text.replace(/\b[a-z]/g, (letter) => letter.toUpperCase())) },
  ],
  ["replace", { call: ofTexts((text = "", from = "", to = "") => text.replaceAll(from, to)) }],
  ["split", { call: ofTexts((by = "", text = "") => text.split(by)) }],
  ["trim", { call: ofTexts((text = "", set = "") => trimmed(text, set)) }],
  ["trimspace", { call: ofTexts((text = "") => text.trim()) }],
  [
    "trimprefix",
    {
      call: ofTexts((text = "", start = "") =>
        text.startsWith(start) ? text.slice(start.length) : text,
      ),
    },
  ],
  [
    "trimsuffix",
    {
      call: ofTexts((text = "", end = "") =>
        end !== "" && text.endsWith(end) ? text.slice(0, -end.length) : text,
      ),
    },
  ],
  [
    "substr",
    {
      call: ([text = "", from = 0, count = -1]) => {
        const all = textOf(text);
        return Number(count) < 0
          ? all.slice(Number(from))
          : all.slice(Number(from), Number(from) + Number(count));
      },
    },
  ],
  ["sanitize", { call: ofTexts((text = "") => text.replace(/[^a-zA-Z0-9_-]/g, "_")) }],
  [
    "regex_replace",
    {
      call: ([text = "", from = "", to = ""]) =>
        textOf(text).replace(expression(textOf(from), "g"), textOf(to)),
    },
  ],
]);

function trimmed(text: string, set: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && set.includes(text[from] as string)) from++;
  while (to > from && set.includes(text[to - 1] as string)) to--;
  return text.slice(from, to);
}
