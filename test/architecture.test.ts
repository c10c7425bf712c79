/** Reads the imports of the sources: they point down, in no circle, and to nothing undeclared. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const sources = fileURLToPath(new URL("../src", import.meta.url));

/** What each room may import from, besides itself. */
const below: Readonly<Record<string, readonly string[]>> = {
  "main.ts": ["cli", "config", "engine", "docker", "report", "model"],
  cli: ["config", "watch", "engine", "images", "docker", "registry", "report", "model"],
  config: ["rules", "files", "model"],
  watch: ["engine", "files", "model"],
  engine: ["rules", "cache", "docker", "store", "files", "model"],
  rules: ["images", "docker", "registry", "store", "files", "net", "model"],
  cache: ["images", "docker", "registry", "store", "files", "net", "model"],
  images: ["docker", "store", "files", "model"],
  docker: ["model"],
  registry: ["net", "model"],
  store: ["files", "model"],
  files: ["model"],
  net: [],
  report: ["model"],
  model: [],
};

interface Import {
  readonly from: string;
  readonly to: string;
}

const files = readdirSync(sources, { recursive: true, encoding: "utf8" }).filter((file) =>
  file.endsWith(".ts"),
);
const imports: readonly Import[] = files.flatMap(importsOf);

/** Imports of other source files, static and lazy, of types too. */
function importsOf(file: string): Import[] {
  const text = readFileSync(path.join(sources, file), "utf8");
  const found = text.matchAll(/(?:from\s+|import\(\s*|import\s+)"(\.[^"]+)"/g);
  return [...found].map(([, to]) => ({
    from: file,
    to: path.join(path.dirname(file), to as string),
  }));
}

const roomOf = (file: string): string => file.split("/")[0] as string;

test("every import names a file that is there", () => {
  expect(imports.filter(({ to }) => !files.includes(to))).toEqual([]);
});

test("imports point down", () => {
  const upward = imports.filter(({ from, to }) => {
    const [room, other] = [roomOf(from), roomOf(to)];
    return room !== other && !below[room]?.includes(other);
  });
  expect(upward).toEqual([]);
});

test("no file imports itself by a detour", () => {
  const next = new Map<string, string[]>();
  for (const { from, to } of imports) next.set(from, [...(next.get(from) ?? []), to]);
  const cycles: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, trail: readonly string[]): void => {
    const at = trail.indexOf(file);
    if (at >= 0) cycles.push([...trail.slice(at), file].join(" -> "));
    if (at >= 0 || done.has(file)) return;
    for (const to of next.get(file) ?? []) visit(to, [...trail, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  expect(cycles).toEqual([]);
});

/** `rules/push/push.ts` is of `push`; a file right in `rules/` is of all kinds. */
const kindOf = (file: string): string | undefined => /^rules\/([^/]+)\//.exec(file)?.[1];

test("the files of one rule kind know nothing of those of another", () => {
  const across = imports.filter(({ from, to }) => {
    const [kind, other] = [kindOf(from), kindOf(to)];
    return kind !== undefined && other !== undefined && kind !== other && other !== "commands";
  });
  expect(across).toEqual([]);
});

test("every room of the sources is known here", () => {
  expect([...new Set(files.map(roomOf))].sort()).toEqual(Object.keys(below).sort());
});
