// What a server on Node can do at best in that moment: answers so many bytes, as its path says, and does nothing else.
import { createServer } from "node:http";

const answers = new Map();

const server = createServer((request, response) => {
  const length = Number(request.url.slice(1));
  if (!answers.has(length)) answers.set(length, "x".repeat(length));
  response.setHeader("content-type", "application/json");
  response.setHeader("content-length", length);
  response.end(answers.get(length));
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
