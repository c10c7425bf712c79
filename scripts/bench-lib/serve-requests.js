// Clients of a server of tbuild: requests by the thousand, and readers of its live stream.
import { Agent, get } from "node:http";

const clients = 8;

/**
 * @param {{ port: number, tokens: readonly string[] }} server tokens take turns: each may send so many requests a second
 * @returns seconds of each, sorted
 */
export async function manyTimes({ port, tokens }, path, count) {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const seconds = [];
  let asked = 0;
  const client = async () => {
    while (asked < count) {
      const token = tokens[asked++ % tokens.length];
      const began = performance.now();
      await ask({ host: "127.0.0.1", port, path, agent, headers: authorization(token) });
      seconds.push((performance.now() - began) / 1000);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  agent.destroy();
  return seconds.sort((a, b) => a - b);
}

/** Of those that `manyTimes` gives: what this part of them took at most. */
export const quantile = (seconds, part) => seconds[Math.floor(seconds.length * part)];

function ask(options) {
  return new Promise((resolve, reject) => {
    get(options, (response) => {
      const { statusCode } = response;
      if (statusCode !== 200) reject(new Error(`${options.path}: ${statusCode}`));
      response.on("end", resolve).resume();
    }).on("error", reject);
  });
}

/** @returns once all of them read, what ends them */
export async function followers({ port, tokens: [token] }, count) {
  const following = Array.from({ length: count }, () => follow(port, token));
  await Promise.all(following.map(({ begun }) => begun));
  return () => {
    for (const { request } of following) request.destroy();
  };
}

function follow(port, token) {
  let request;
  const begun = new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, path: "/api/v1/events", agent: false };
    request = get({ ...options, headers: authorization(token) }, (response) =>
      response.once("data", resolve).resume(),
    );
    request.on("error", reject);
  });
  return { begun, request };
}

export const authorization = (token) => ({ authorization: `Bearer ${token}` });
