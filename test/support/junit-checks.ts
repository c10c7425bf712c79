/** Reads JUnit XML as a strict reader does, and tells what junit-10.xsd of Jenkins' xunit-plugin refuses. */

export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  /** Its own, joined; of an element with children the blanks between them. */
  readonly text: string;
}

/** @throws for what is no XML 1.0, or more of it than these files need */
export function readXml(file: string): Element {
  const wrong = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u.exec(file);
  if (wrong) throw new Error(`character ${JSON.stringify(wrong[0])} is not for XML`);
  const head = '<?xml version="1.0" encoding="UTF-8"?>';
  if (!file.startsWith(head)) throw new Error("no declaration");
  const open: {
    name: string;
    attributes: Record<string, string>;
    children: Element[];
    text: string;
  }[] = [{ name: "", attributes: {}, children: [], text: "" }];
  const token = /<(\/?)([\w-]+)((?:\s[\w-]+="[^"<]*")*)(\/?)>|([^<]+)/gy;
  token.lastIndex = head.length;
  for (let at = head.length; at < file.length; at = token.lastIndex) {
    const found = token.exec(file);
    if (!found) throw new Error(`not understood: ${file.slice(at, at + 40)}`);
    const [, end, name = "", attributes = "", single, text] = found;
    const inner = open[open.length - 1] as (typeof open)[number];
    if (text !== undefined) inner.text += decoded(text);
    else if (end) {
      if (inner.name !== name) throw new Error(`</${name}> ends <${inner.name}>`);
      open.pop();
    } else {
      const made = { name, attributes: attributesOf(attributes), children: [], text: "" };
      inner.children.push(made);
      if (!single) open.push(made);
    }
  }
  const [root] = open[0]?.children ?? [];
  if (!root || open.length !== 1) throw new Error("not whole");
  return root;
}

function attributesOf(text: string): Record<string, string> {
  const found = [...text.matchAll(/([\w-]+)="([^"]*)"/g)];
  const attributes = Object.fromEntries(
    // A reader takes line breaks that are not escaped for blanks.
    found.map(([, name = "", value = ""]) => [name, decoded(value.replace(/[\t\n\r]/g, " "))]),
  );
  if (Object.keys(attributes).length < found.length) throw new Error(`twice in${text}`);
  return attributes;
}

function decoded(text: string): string {
  const named: Readonly<Record<string, string>> = {
    amp: "&",
    lt: "<",
    gt: ">",
    quot: '"',
    apos: "'",
  };
  return text.replace(/\r\n?/g, "\n").replace(/&(?:#(\d+);|(\w+);|)/g, (whole, number, name) => {
    if (number !== undefined) return String.fromCodePoint(Number(number));
    const found = named[name as string];
    if (found === undefined) throw new Error(`not an entity: ${whole}`);
    return found;
  });
}

interface Allowed {
  readonly attributes: readonly string[];
  readonly required?: readonly string[];
  readonly children?: readonly string[];
}

const outcome: Allowed = { attributes: ["type", "message"] };
const counts = ["name", "time", "tests", "failures", "disabled", "errors"];

/** The schema, as far as such files go. */
const schema: Readonly<Record<string, Allowed>> = {
  testsuites: { attributes: counts, children: ["testsuite"] },
  testsuite: {
    attributes: [...counts, "skipped", "timestamp", "hostname", "id", "package"],
    required: ["tests"],
    children: ["testsuite", "properties", "testcase", "system-out", "system-err"],
  },
  testcase: {
    attributes: ["name", "assertions", "time", "classname", "status", "class", "file", "line"],
    required: ["name"],
    children: ["skipped", "error", "failure", "system-out", "system-err"],
  },
  failure: outcome,
  error: outcome,
  skipped: outcome,
  "system-out": { attributes: [] },
};

/** What the schema refuses of an element and those in it, and counts that are not so. */
export function refused(element: Element): readonly string[] {
  const { name, attributes, children } = element;
  const allowed = schema[name];
  if (!allowed) return [`no <${name}>`];
  return [
    ...Object.keys(attributes)
      .filter((key) => !allowed.attributes.includes(key))
      .map((key) => `no ${key} of <${name}>`),
    ...(allowed.required ?? [])
      .filter((key) => attributes[key] === undefined)
      .map((key) => `<${name}> lacks ${key}`),
    ...children
      .filter((child) => !allowed.children?.includes(child.name))
      .map((child) => `no <${child.name}> in <${name}>`),
    ...(allowed.children && element.text.trim() !== "" ? [`text in <${name}>`] : []),
    ...(name === "testsuite" ? miscounted(element) : []),
    ...children.flatMap(refused),
  ];
}

function miscounted({ attributes, children }: Element): readonly string[] {
  const cases = children.filter(({ name }) => name === "testcase");
  const having = (kind: string): number =>
    cases.filter((one) => one.children.some(({ name }) => name === kind)).length;
  const counted = {
    tests: cases.length,
    failures: having("failure"),
    errors: having("error"),
    skipped: having("skipped"),
  };
  return Object.entries(counted)
    .filter(([key, count]) => attributes[key] !== String(count))
    .map(([key, count]) => `${key} are ${count}`);
}

/** The test cases of a file that nothing refuses. */
export function casesOf(file: string): readonly Element[] {
  const root = readXml(file);
  const wrong = refused(root);
  if (wrong.length > 0) throw new Error(wrong.join("\n"));
  return root.children.flatMap(({ children }) => children);
}
