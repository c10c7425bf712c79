/** Workspaces that share a cache in a registry in memory, and what their runs told. */
import { startRegistry } from "../registry/room.ts";
import type { FakeRegistry } from "./fake-registry.ts";
import { type Run, Workspace } from "./workspace.ts";

const targets = `
params:
  greeting: { default: hello }
  given: { type: path, default: in }
targets:
  copy: { run: "cp in/a out/a; chmod +x out/a; echo copy >> ran", inputs: ["in/**"], outputs: [out/a] }
  tree:
    run: "mkdir -p out/tree/empty out/tree/deep; echo \${greeting} > out/tree/deep/b; ln -s deep/b out/tree/link"
    outputs: [out/tree/]
  upper: { run: "tr a-z A-Z < out/a > out/b; echo upper >> ran", inputs: [{ target: copy }], outputs: [out/b] }
  paths: { run: "cat \${given}/a > out/p", inputs: ["in/**"], outputs: [out/p] }
  packed: { archive: tree, to: out/tree.tar.gz }
  all: { needs: [upper, tree, paths, packed] }
`;

export let registry: FakeRegistry;

beforeEach(async () => {
  registry = await startRegistry();
});

export const workspace = (write: boolean, more = targets): Workspace =>
  new Workspace(`cache: { registry: ${registry.host}/team/cache, write: ${write} }${more}`, {
    "in/a": "one\n",
    "web/Dockerfile": "FROM scratch\nCOPY a /a\n",
    "web/a": "one\n",
  });

export const restored = ({ events }: Run): string[] =>
  events
    .flatMap((event) =>
      event.kind === "target-finished" && event.outcome === "restored" ? [event.target] : [],
    )
    .sort();

export const warnings = ({ events }: Run): string[] =>
  events.flatMap((event) => (event.kind === "warning" ? [event.problem.message] : []));

export const counts = ({ built, restored, fresh, failed }: Run) => ({
  built,
  restored,
  fresh,
  failed,
});

export const place = (): string => `${registry.host}/team/cache`;
