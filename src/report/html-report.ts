/**
 * A build as one HTML file that needs nothing else: a table for who has no scripts, and the components of the
 * server's page for who has. Its script and style are built beforehand; what is in them is not known here.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { artifactName } from "../model/artifact.ts";
import type { ReportData, ReportTarget, SizedArtifact } from "../model/report-data.ts";
import { duration } from "../model/shown-duration.ts";
import { bytes } from "../model/size.ts";
import { FoldedReport } from "./fold-report.ts";
import type { ReportFile } from "./report-file.ts";
import { element } from "./xml.ts";

/** @param readPart reads a file of the bundle; another one in tests */
export function htmlReportFile(readPart = readBundled): ReportFile {
  const report = new FoldedReport();
  return {
    add: (line) => report.take(line),
    draw: (drawing, sizeOf) => report.draw(drawing, sizeOf),
    text: () =>
      htmlOf(report.data(), { script: readPart("report.js"), style: readPart("report.css") }),
  };
}

/** They lie beside the chunks of tbuild. */
const readBundled = (name: string): string =>
  readFileSync(new URL(`./report/${name}`, import.meta.url), "utf8");

interface Bundled {
  readonly script: string;
  readonly style: string;
}

function htmlOf(data: ReportData, bundled: Bundled): string {
  const script = withoutEnd(bundled.script, "script");
  const style = withoutEnd(bundled.style, "style");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src ${hashOf(script)}; style-src ${hashOf(style)}; img-src data:; base-uri 'none'; form-action 'none'">
${element("title", {}, `${data.project}: ${data.outcome}`)}
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<div id="page">
${staticReport(data)}
</div>
<script type="application/json" id="data">${safeJson(data)}</script>
<script>${script}</script>
</body>
</html>
`;
}

/** Nothing but these very bytes may run: whatever a target is called, it stays a name. */
const hashOf = (text: string): string =>
  `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** A browser ends the element where it reads its end, in the middle of a string too. */
const withoutEnd = (text: string, name: string): string =>
  text.trim().replaceAll(new RegExp(`</(?=${name})`, "gi"), "<\\/");

/** JSON that holds no `<`: no text in it ends the element that it stands in. */
const safeJson = (data: ReportData): string =>
  JSON.stringify(data)
    .replaceAll("<", "\\u003c")
    .replaceAll("\u2028", "\\u2028")
    .replaceAll("\u2029", "\\u2029");

function staticReport(data: ReportData): string {
  const { project, outcome, seconds, command, startedAt, problems, pushed } = data;
  return element("main", {}, [
    element("h1", {}, `${project}: ${outcome} after ${duration(seconds)}`),
    element("p", {}, `${command}, ${startedAt}`),
    ...problems.map(({ message }) => element("p", {}, message)),
    table(["Target", "State", "Took", "Why", "Note", "Made"], data.targets.map(cellsOf)),
    ...(pushed.length === 0
      ? []
      : [
          table(
            ["Pushed", "Digest"],
            pushed.map(({ reference, digest }) => [reference, digest]),
          ),
        ]),
  ]);
}

const cellsOf = (target: ReportTarget): readonly string[] => [
  target.title,
  target.state,
  target.seconds === undefined ? "" : duration(target.seconds),
  target.why ?? "",
  target.note ?? "",
  (target.artifacts ?? []).map(madeText).join(", "),
];

function madeText(artifact: SizedArtifact): string {
  const size = artifact.bytes === undefined ? "" : ` ${bytes(artifact.bytes)}`;
  return `${artifactName(artifact)} ${artifact.digest}${size}`;
}

const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  element("table", {}, [rowOf("th", heads), ...rows.map((cells) => rowOf("td", cells))]);

const rowOf = (name: string, cells: readonly string[]): string =>
  element(
    "tr",
    {},
    // An empty element would be written as one that HTML does not end.
    cells.map((cell) => element(name, {}, cell === "" ? " " : cell)),
  );
