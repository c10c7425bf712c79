// Makes few chunks of what is loaded together. esbuild puts modules into one chunk when the same entries
// need them, and each lazy import is an entry: so entries are made to need all of a chunk, or nothing.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/**
 * From `roots` all that a chunk has is reached without a lazy import. Every entry needs it but those of
 * `not`, which are loaded without it.
 */
const chunks = {
  // What a run without changes loads.
  start: {
    roots: [
      "cli/run-command.ts",
      "cli/interruption.ts",
      "cli/commands/build.ts",
      "report/plain.ts",
    ],
    not: /^$/,
  },
  // What reads a target file.
  file: {
    roots: ["cli/prepare.ts"],
    not: /^(main|cli\/commands\/(build|completion|state|load|tag)|report\/\w+)\.ts$/,
  },
  // What brings targets up to date.
  work: {
    roots: ["cli/build-targets.ts", "docker/engine-docker.ts"],
    not: /^(main|cli\/commands\/[\w-]+|report\/[\w-]+)\.ts$/,
  },
};

/** @param {string} source absolute path of `src/` */
export function fewChunks(source) {
  const entries = lazilyImported(source).add("main.ts");
  return {
    name: "few-chunks",
    setup(build) {
      build.onResolve({ filter: /^chunk:\w+$/ }, ({ path: name }) => ({
        path: name.slice("chunk:".length),
        namespace: "chunk",
      }));
      build.onLoad({ filter: /.*/, namespace: "chunk" }, ({ path: name }) => ({
        contents: chunks[name].roots.map((root) => `import "./${root}";`).join("\n"),
        resolveDir: source,
      }));
      build.onLoad({ filter: /\.ts$/ }, ({ path: file }) => {
        const name = path.relative(source, file);
        if (!entries.has(name)) return undefined;
        const needed = Object.keys(chunks).filter((chunk) => !chunks[chunk].not.test(name));
        const imports = needed.map((chunk) => `import "chunk:${chunk}";`).join(" ");
        // On the same line, so that the lines of the source map stay true.
        return { contents: `${imports} ${readFileSync(file, "utf8")}`, loader: "ts" };
      });
    },
  };
}

/** By name below `source`. */
function lazilyImported(source) {
  const found = new Set();
  for (const name of readdirSync(source, { recursive: true })) {
    if (!name.endsWith(".ts")) continue;
    const text = readFileSync(path.join(source, name), "utf8");
    for (const [, to] of text.matchAll(/\bimport\("(\.[^"]+)"\)/g)) {
      found.add(path.join(path.dirname(name), to));
    }
  }
  return found;
}
