// `engine-import.js HOST NAME TAG TAR`: makes an image of a root file system, unless it is there.
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { answerTo, requestTo } from "./engine-http.js";

const [host, name, tag, tar] = process.argv.slice(2);

async function isThere() {
  const request = requestTo(host, { path: `/images/${name}:${tag}/json` });
  request.end();
  return (await answerTo(request)).status === 200;
}

async function load() {
  const path = `/images/create?${new URLSearchParams({ fromSrc: "-", repo: name, tag })}`;
  const request = requestTo(host, { method: "POST", path });
  const answer = answerTo(request);
  await pipeline(createReadStream(tar), request);
  const { status, body } = await answer;
  if (status !== 200 || /"error":/.test(body)) throw new Error(body.trim());
}

try {
  if (!(await isThere())) await load();
} catch (error) {
  console.error(`error: cannot make ${name}:${tag} at ${host}: ${error.message}`);
  process.exitCode = 3;
}
