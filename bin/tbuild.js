#!/usr/bin/env node
// Tells whether this Node can run tbuild. Older ones must be able to parse it, so it imports nothing
// by itself, and leaves the start to start.js.
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`error: tbuild needs Node 20.19 or newer, found ${process.versions.node}`);
  process.exitCode = 2;
} else {
  import("./start.js");
}
