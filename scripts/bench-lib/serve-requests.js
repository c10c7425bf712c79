// Clients of a server of tbuild: requests by the thousand, and readers of its live stream.
import { fork } from "node:child_process";
import { once } from "node:events";
import { Agent, get } from "node:http";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const clients = 8;

/**
 * @param {{ port: number, tokens: readonly string[] }} server tokens take turns: each may send so many requests a second
 * @returns seconds of each, sorted
 */
export async function manyTimes(server, path, count) {
  const [seconds] = await besideEachOther([{ server, path }], count);
  return seconds;
}

/**
 * Each client asks one after the other, so that a busy moment of the machine hits all.
 * @param {readonly { server: { port: number, tokens: readonly string[] }, path: string }[]} questions
 * @returns seconds for each question, sorted
 */
export async function besideEachOther(questions, count) {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const seconds = questions.map(() => []);
  let asked = 0;
  const client = async () => {
    while (asked < count) {
      const turn = asked++;
      for (const [at, { server, path }] of questions.entries()) {
        const token = server.tokens[turn % server.tokens.length];
        const began = performance.now();
        await ask(optionsOf(server.port, path, token, agent));
        seconds[at].push((performance.now() - began) / 1000);
      }
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  agent.destroy();
  for (const each of seconds) each.sort((a, b) => a - b);
  return seconds;
}

/**
 * So many a second in all, whether those before are answered or not, so that a late answer does not put the next question off.
 * @returns seconds for each question from when it was due, sorted
 */
export async function steadily(questions, count, perSecond) {
  const agent = new Agent({ keepAlive: true });
  const seconds = questions.map(() => []);
  const began = performance.now();
  const turns = Array.from({ length: count }, async (_, turn) => {
    const due = began + (turn * 1000) / perSecond;
    await setTimeout(due - performance.now());
    await Promise.all(
      questions.map(async ({ server, path }, at) => {
        await ask(optionsOf(server.port, path, server.tokens[turn % server.tokens.length], agent));
        seconds[at].push((performance.now() - due) / 1000);
      }),
    );
  });
  await Promise.all(turns);
  agent.destroy();
  for (const each of seconds) each.sort((a, b) => a - b);
  return seconds;
}

/** Of those that `manyTimes` gives: what this part of them took at most. */
export const quantile = (seconds, part) => seconds[Math.floor(seconds.length * part)];

/** @returns bytes of the answer */
export const bytesOf = ({ port, tokens: [token] }, path) => ask(optionsOf(port, path, token));

const optionsOf = (port, path, token, agent) => ({
  ...{ host: "127.0.0.1", port, path, agent },
  headers: authorization(token),
});

function ask(options) {
  return new Promise((resolve, reject) => {
    get(options, (response) => {
      const { statusCode } = response;
      if (statusCode !== 200) reject(new Error(`${options.path}: ${statusCode}`));
      let bytes = 0;
      response.on("data", (chunk) => {
        bytes += chunk.length;
      });
      response.on("end", () => resolve(bytes));
    }).on("error", reject);
  });
}

/** @returns once all of them read, in a process of their own: what ends them, and tells what the least was told */
export async function followersAside(asked, count) {
  const child = fork(fileURLToPath(new URL("serve-readers.js", import.meta.url)));
  child.send({ asked, count });
  await once(child, "message");
  return async () => {
    child.send("leave");
    const [told] = await once(child, "message");
    return told;
  };
}

/** @returns once all of them read, what ends them, and how many events were told to each that was told least and most */
export async function followers({ port, tokens: [token] }, count) {
  const following = Array.from({ length: count }, () => follow(port, token));
  await Promise.all(following.map(({ begun }) => begun));
  return {
    leave: () => {
      for (const { request } of following) request.destroy();
    },
    told: () => {
      const events = following.map((each) => each.events());
      return { least: Math.min(...events), most: Math.max(...events) };
    },
  };
}

function follow(port, token) {
  let request;
  let events = 0;
  const begun = new Promise((resolve, reject) => {
    const options = optionsOf(port, "/api/v1/events", token, false);
    request = get(options, (response) => {
      response.once("data", resolve);
      response.setEncoding("latin1").on("data", (text) => {
        events += text.split("\nevent: ").length - 1;
      });
    });
    request.on("error", reject);
  });
  return { begun, request, events: () => events };
}

export const authorization = (token) => ({ authorization: `Bearer ${token}` });
