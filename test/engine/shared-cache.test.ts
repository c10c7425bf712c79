import { chmodSync, lstatSync, readdirSync, readFileSync, readlinkSync, symlinkSync } from "node:fs";
import path from "node:path";
import { FileDigests } from "../../src/files/digests.ts";
import type { Trace } from "../../src/model/trace.ts";
import { TraceStore } from "../../src/store/trace-store.ts";
import { startRegistry } from "../registry/room.ts";
import type { FakeRegistry } from "../support/fake-registry.ts";
import { type Run, Workspace } from "../support/workspace.ts";

const targets = `
params:
  greeting: { default: hello }
  given: { type: path, default: in }
targets:
  copy: { run: "cp in/a out/a; chmod +x out/a", inputs: ["in/**"], outputs: [out/a] }
  tree:
    run: "mkdir -p out/tree/empty out/tree/deep; echo \${greeting} > out/tree/deep/b; ln -s deep/b out/tree/link"
    outputs: [out/tree/]
  upper: { run: "tr a-z A-Z < out/a > out/b", inputs: [{ target: copy }], outputs: [out/b, out/c], after: [tree] }
  paths: { run: "cat \${given}/a > out/p", inputs: ["in/**"], outputs: [out/p] }
  packed: { archive: tree, to: out/tree.tar.gz }
  all: { needs: [copy, tree, paths, packed] }
`;

const outputs = (root: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(root, { recursive: true, encoding: "utf8" })
      .filter((file) => file.startsWith("out/"))
      .sort()
      .map((file) => [file, contentOf(path.join(root, file))]),
  );

function contentOf(file: string): string {
  const stats = lstatSync(file);
  if (stats.isSymbolicLink()) return `link ${readlinkSync(file)}`;
  if (stats.isDirectory()) return "folder";
  return `${(stats.mode & 0o777).toString(8)} ${readFileSync(file, "base64")}`;
}

/** What counts of each trace: not when it was made, and from where it came. */
const traces = ({ root }: Workspace): readonly Omit<Trace, "finishedAt" | "restoredFrom">[] =>
  [...new TraceStore(`${root}/.tbuild/traces`).all()]
    .map(({ finishedAt: _, restoredFrom: __, ...trace }) => trace)
    .sort((a, b) => (a.key < b.key ? -1 : 1));

let registry: FakeRegistry;

beforeEach(async () => {
  registry = await startRegistry();
});

const workspace = (write: boolean, more = targets): Workspace =>
  new Workspace(`cache: { registry: ${registry.host}/team/cache, write: ${write} }${more}`, {
    "in/a": "one\n",
  });

const restored = ({ events }: Run): string[] =>
  events
    .flatMap((event) =>
      event.kind === "target-finished" && event.outcome === "restored" ? [event.target] : [],
    )
    .sort();

const warnings = ({ events }: Run): string[] =>
  events.flatMap((event) => (event.kind === "warning" ? [event.problem.message] : []));

test("a workspace in another folder is restored to the bytes and traces of the one that was built", async () => {
  const built = workspace(true);
  const first = await built.build("all");
  expect(warnings(first)).toEqual([]);
  expect(first).toMatchObject({ built: 4, restored: 0 });
  const other = workspace(false);
  const second = await other.build("all");
  expect(warnings(second)).toEqual([]);
  expect(second).toMatchObject({ built: 0, restored: 4, fresh: 0 });
  expect(outputs(other.root)).toEqual(outputs(built.root));
  expect(traces(other)).toEqual(traces(built));
  expect(await other.build("all")).toMatchObject({ built: 0, restored: 0, fresh: 4 });
});
