#!/usr/bin/env node
// Measures the sources against the rules of the house: what breaks one is a line and a failure, the
// figures are told otherwise. What is used by nobody is knip's to find, by what knip.json says.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { docstrings } from "./measure-lib/docstrings.js";
import { imports } from "./measure-lib/imports.js";
import { repeats } from "./measure-lib/repeats.js";
import { sizes } from "./measure-lib/sizes.js";
import { readSources } from "./measure-lib/sources.js";

const root = fileURLToPath(new URL("..", import.meta.url));

// What runs counts for production: an export that only a test imports is there for nobody else. The
// tag `@internal` in its docstring says that it is there for the test.
const used = [unused("--production"), unused("--include", "files,dependencies,unlisted,exports")];
const sources = readSources(`${root}src`);
const measures = [imports, sizes, repeats, docstrings].map((measure) => measure(sources));
const findings = measures.flatMap(({ findings }) => findings);
const unusedFindings = (await Promise.all(used)).filter((text) => text !== "");

for (const { file, line, what } of findings) console.log(`src/${file}:${line}: ${what}`);
for (const text of unusedFindings) console.log(text);
if (findings.length + unusedFindings.length > 0) process.exitCode = 1;
else console.log(measures.map(({ figures }) => figures).join("; "));

/** What knip finds, in its words; empty when it finds nothing. */
function unused(...options) {
  const knip = `${root}node_modules/knip/bin/knip.js`;
  const words = [
    knip,
    "--no-progress",
    "--treat-config-hints-as-errors",
    "--treat-tag-hints-as-errors",
  ];
  return new Promise((resolve) => {
    execFile(process.execPath, [...words, ...options], { cwd: root }, (error, stdout, stderr) =>
      resolve(error ? `${stdout}${stderr}`.trim() || `knip: ${error.message}` : ""),
    );
  });
}
