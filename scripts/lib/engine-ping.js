// `engine-ping.js HOST`: prints the version of the Docker Engine there, or why none answers (exit 1).
import { answerTo, requestTo } from "./engine-http.js";

const patience = 5000;
const reasons = {
  ENOENT: "no such socket",
  ECONNREFUSED: "nothing listens there",
  EACCES: "permission denied: use sudo, or become a member of the group `docker`",
};

async function version(host) {
  const request = requestTo(host, { path: "/version", timeout: patience });
  request.on("timeout", () => request.destroy(new Error(`no answer in ${patience / 1000} s`)));
  request.end();
  const { status, body } = await answerTo(request);
  if (status !== 200 || !body.startsWith("{")) throw new Error("what answers is no Docker Engine");
  return JSON.parse(body).Version;
}

try {
  console.log(await version(process.argv[2]));
} catch (error) {
  console.log(reasons[error.code] ?? error.message);
  process.exitCode = 1;
}
