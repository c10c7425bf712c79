import type { GraphDrawing } from "../../src/model/graph-drawing.ts";
import type { TimedEvent } from "../../src/model/run-log.ts";
import { htmlReportFile } from "../../src/report/html-report.ts";

const parts: Readonly<Record<string, string>> = {
  "report.js": 'const end = "</script>";',
  "report.css": "body { color: red }",
};

const digest = `sha256:${"a".repeat(64)}` as const;

/** `app` needs `base`, and `spare` is an alternative that nobody takes. */
function report(lines: readonly TimedEvent[]) {
  const file = htmlReportFile((name) => parts[name] ?? "");
  const drawn = (name: string, rule: string) => ({ name, title: name, rule });
  const sizes: Readonly<Record<string, number>> = { "base.txt": 1234 };
  const graph: GraphDrawing = {
    targets: [
      drawn("all", "group"),
      drawn("app", "run"),
      drawn("base", "run"),
      drawn("spare", "run"),
    ],
    edges: [
      { from: "all", to: "app", kind: "dependency" },
      { from: "app", to: "base", kind: "dependency" },
      { from: "app", to: "spare", kind: "alternative" },
    ],
  };
  file.draw?.(graph, (artifact) => (artifact.kind === "file" ? sizes[artifact.path] : undefined));
  file.add({
    kind: "run",
    format: 1,
    tbuild: "0.1.0",
    command: "tbuild all",
    startedAt: "2026-08-01T12:00:00.000Z",
  });
  for (const line of lines) file.add(line);
  const html = file.text();
  const [, json = ""] = /id="data">(.*)<\/script>/.exec(html) ?? [];
  return { html, data: JSON.parse(json) };
}

const started = (target: string, ms: number): TimedEvent => {
  const reason = { kind: "never-made" } as const;
  return {
    kind: "target-started",
    target,
    title: target,
    rule: "run",
    reason,
    why: "never made",
    ms,
  };
};

const finished = (target: string, outcome: "built" | "failed", ms: number): TimedEvent => ({
  kind: "target-finished",
  target,
  title: target,
  rule: "run",
  outcome,
  seconds: 1,
  artifacts: outcome === "built" ? [{ kind: "file", path: `${target}.txt`, digest }] : [],
  ms,
});

const end = (failed: number): TimedEvent => ({
  ...{ kind: "finished", built: 1, fresh: 0, failed, skipped: 0, seconds: 2, ms: 2000 },
});

const good = [
  started("base", 5),
  finished("base", "built", 1000),
  started("app", 1000),
  finished("app", "built", 2000),
  end(0),
];

test("a build that went well is told with its groups, and without alternatives that nobody took", () => {
  const { data } = report(good);
  expect(data.outcome).toBe("passed");
  expect(
    data.targets.map(({ name, state }: { name: string; state: string }) => `${name} ${state}`),
  ).toEqual(["all built", "app built", "base built"]);
  expect(data.edges.map(({ to }: { to: string }) => to)).toEqual(["app", "base"]);
  expect(data.targets[2]).toEqual({
    name: "base",
    title: "base",
    rule: "run",
    why: "never made",
    state: "built",
    startedMs: 5,
    seconds: 1,
    artifacts: [{ kind: "file", path: "base.txt", digest, bytes: 1234 }],
  });
});

test("a group of what failed counts as skipped, and the last lines of what failed are kept", () => {
  const output = { kind: "output", target: "app", line: "no space", ms: 1500 } as const;
  const { data } = report([started("app", 1), output, finished("app", "failed", 2000), end(1)]);
  expect(data.outcome).toBe("failed");
  expect(data.targets[0].state).toBe("skipped");
  expect(data.targets[1].output).toEqual(["no space"]);
});

test("an interrupted build is told as one, as far as it came", () => {
  const { data } = report([started("base", 5), { kind: "interrupted", ms: 300 }]);
  expect([data.outcome, data.seconds]).toEqual(["interrupted", 0.3]);
});

test("no text in the data ends the element that it stands in", () => {
  const output = {
    kind: "output",
    target: "app",
    line: "</script><!--<script>\u2028",
    ms: 2,
  } as const;
  const { html, data } = report([started("app", 1), output, finished("app", "failed", 3), end(1)]);
  expect(data.targets[1].output).toEqual([output.line]);
  expect(html.match(/<\/script>/g)).toHaveLength(2);
  expect(html).not.toContain("<!--");
});

test("nothing may run but the script itself, and nothing is asked of a network", () => {
  expect(report(good).html).toContain("default-src 'none'; script-src 'sha256-");
});

test("without scripts a table tells the targets", () => {
  const { html } = report(good);
  expect(html).toContain("<td>base</td>\n<td>built</td>\n<td>1.0 s</td>\n<td>never made</td>");
  expect(html).toContain(`<td>base.txt ${digest} 1.2 kB</td>`);
});
