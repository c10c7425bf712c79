// Makes one chunk of all that a run without changes loads. esbuild puts modules into one chunk when the same
// entries need them, and each lazy import is an entry: so every one of them is made to need these.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** From these all that such a run needs is reached without a lazy import. */
const begun = [
  "cli/run-command.ts",
  "cli/interruption.ts",
  "cli/commands/build.ts",
  "report/plain.ts",
];

/** @param {string} source absolute path of `src/` */
export function startChunk(source) {
  const entries = lazilyImported(source).add(path.join(source, "main.ts"));
  return {
    name: "start-chunk",
    setup(build) {
      build.onResolve({ filter: /^start-chunk$/ }, () => ({
        path: "all",
        namespace: "start-chunk",
      }));
      build.onLoad({ filter: /.*/, namespace: "start-chunk" }, () => ({
        contents: begun
          .map((file) => `import ${JSON.stringify(path.join(source, file))};`)
          .join("\n"),
        resolveDir: source,
      }));
      build.onLoad({ filter: /\.ts$/ }, ({ path: file }) => {
        if (!entries.has(file)) return undefined;
        // On the same line, so that the lines of the source map stay true.
        return { contents: `import "start-chunk"; ${readFileSync(file, "utf8")}`, loader: "ts" };
      });
    },
  };
}

function lazilyImported(source) {
  const found = new Set();
  for (const name of readdirSync(source, { recursive: true })) {
    if (!name.endsWith(".ts")) continue;
    const file = path.join(source, name);
    for (const [, to] of readFileSync(file, "utf8").matchAll(/\bimport\("(\.[^"]+)"\)/g)) {
      found.add(path.resolve(path.dirname(file), to));
    }
  }
  return found;
}
