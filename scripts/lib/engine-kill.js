// `engine-kill.js HOST`: kills every container of an engine that is about to end; they get no grace.
import { answerTo, requestTo } from "./engine-http.js";

const send = (method, path) => {
  const request = requestTo(process.argv[2], { method, path });
  request.end();
  return answerTo(request);
};

try {
  const { body } = await send("GET", "/containers/json");
  await Promise.all(JSON.parse(body).map(({ Id }) => send("POST", `/containers/${Id}/kill`)));
} catch {
  // It does not answer; the signal that follows ends it, and its containers with it.
}
