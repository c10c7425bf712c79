// Bundles dockerode, and loads what it needs for other things than plain requests only when used.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

/** Small enough to bundle, where Node takes long to look through them; what else they require stays outside, and is loaded when it is called. */
const bundled = /^(dockerode|docker-modem|split-ca|picomatch)$/;

const later = (path, part = "") =>
  `function () { return require("${path}")${part}.apply(this, arguments); }`;

/** file → replacements. A text that is not found fails the build: look again after an upgrade. */
const edits = {
  "docker-modem/lib/modem.js": [
    ["ssh = require('./ssh')", `ssh = ${later("./ssh")}`],
    ["HttpDuplex = require('./http_duplex')", `HttpDuplex = ${later("./http_duplex")}`],
    // What it prints holds credentials, and inspecting all of each request costs more than sending it.
    ["debug = require('debug')('modem')", "debug = function () {}"],
    [/debug\('Sending: [^;]*;/, ""],
  ],
  "docker-modem/lib/http.js": [
    ["nativeHttps = require('https')", `nativeHttps = { request: ${later("https", ".request")} }`],
  ],
  "dockerode/lib/docker.js": [
    ["withSession = require('./session')", `withSession = ${later("./session")}`],
  ],
  "dockerode/lib/util.js": [
    ["var zlib = require('zlib')", `var zlib = { createGzip: ${later("zlib", ".createGzip")} }`],
    [
      "DockerIgnore = require('@balena/dockerignore')",
      `DockerIgnore = ${later("@balena/dockerignore")}`,
    ],
    ["tar = require('tar-fs')", `tar = { pack: ${later("tar-fs", ".pack")} }`],
  ],
};

export const leanDockerode = {
  name: "lean-dockerode",
  setup(build) {
    build.onResolve({ filter: bundled }, ({ path, importer, resolveDir }) => ({
      path: createRequire(importer || `${resolveDir}/x.js`).resolve(path),
    }));
    for (const [file, replacements] of Object.entries(edits)) {
      const filter = new RegExp(
        `[/\\\\]${file.replaceAll("/", "[/\\\\]").replaceAll(".", "\\.")}$`,
      );
      build.onLoad({ filter }, async ({ path }) => {
        let contents = await readFile(path, "utf8");
        for (const [from, to] of replacements) {
          const edited = contents.replace(from, () => to);
          if (edited === contents) throw new Error(`${path} lacks: ${from}`);
          contents = edited;
        }
        return { contents, loader: "js" };
      });
    }
  },
};

/**
 * dockerode is CommonJS: within a module, its `require` needs one to be there. Node's own parts go
 * without `createRequire`, which takes 10 ms.
 */
export const requireBanner =
  'const require = (name) => process.getBuiltinModule(name) ?? process.getBuiltinModule("module").createRequire(import.meta.url)(name);';
