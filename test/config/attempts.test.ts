import { parseDuration } from "../../src/model/duration-text.ts";
import { loaded, problemsIn, target } from "./support/workspace.ts";

const withKeys = (keys: string, params = "") =>
  `${params}targets:\n  web: { run: make, ${keys} }\n`;

test.each([
  ["90", 90],
  ["90 s", 90],
  ["0.5s", 0.5],
  ["5 min", 300],
  ["1 h 30 min", 5400],
  ["2h10s", 7210],
])("%s is a duration", (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
  expect(target(withKeys(`timeout: ${text}`), "web").timeout).toBe(seconds);
});

test.each([
  ["5m", "found `5m`; did you mean `5 min`?"],
  ["2 hours", "found `2 hours`; did you mean `2 h`?"],
  ["1 minute 30 seconds", "found `1 minute 30 seconds`; did you mean `1 min 30 s`?"],
  ["soon", "found `soon`"],
  ["0", "found `0`"],
  ["30 min 1 h", "found `30 min 1 h`"],
])("%s is none, and the message says what may be meant", (text, found) => {
  expect(problemsIn(withKeys(`timeout: ${text}`))).toEqual([
    `targets.yaml:2:30+${text.length}: expected a duration such as \`90 s\` or \`1 h 30 min\` for \`timeout\`, ${found}`,
  ]);
});

test("a number of retries takes all the rest from what is usual", () => {
  expect(target(withKeys("retries: 2"), "web").retries).toEqual({
    times: 2,
    on: ["timeout", "network", "service", "command"],
    wait: 1,
    factor: 2,
    longestWait: 60,
    jitter: 0.2,
  });
});

test("a mapping says what is worth another attempt, and how long to wait", () => {
  const keys =
    "retries: { times: 3, on: [network, 75], wait: 0, factor: 1, longest-wait: 5 s, jitter: 0, within: 10 min }";
  expect(target(withKeys(keys), "web").retries).toEqual({
    times: 3,
    on: ["network", 75],
    wait: 0,
    factor: 1,
    longestWait: 5,
    jitter: 0,
    within: 600,
  });
});

test("parameters and matrix keys may say how long and how often", () => {
  const file = `
params: { tries: { default: 4 } }
targets:
  web: { matrix: { minutes: [1, 2] }, run: make, timeout: "\${minutes} min", retries: "\${tries}" }
`;
  const made = target(file, "web[2]");
  expect([made.timeout, made.retries?.times]).toEqual([120, 4]);
  expect(made.parameters).toEqual({});
});

test("a value of a parameter that is no duration is told at its place", () => {
  const params = "params: { limit: { default: 5m } }\n";
  expect(() => target(withKeys('timeout: "${limit}"', params), "web")).toThrow(
    "targets.yaml:3:30+10: expected a duration such as `90 s` or `1 h 30 min` for `timeout`, found `5m`; did you mean `5 min`?",
  );
});

test.each([
  ["retries: -1", "expected a whole number from 0 to 100 for `retries`, found the number -1"],
  ["retries: often", "expected a number or a mapping for `retries`, found the text `often`"],
  ["retries: {}", "`retries` needs the key `times`"],
  [
    "retries: { times: 1, on: netwrok }",
    "there is no kind of failure `netwrok`; did you mean `network`?",
  ],
  [
    "retries: { times: 1, on: [bad-luck] }",
    "there is no kind of failure `bad-luck`; give `timeout`, `network`, `service` or `command`, or an exit code",
  ],
  [
    "retries: { times: 1, on: 0 }",
    "expected an exit code from 1 to 255 for `on`, found the number 0",
  ],
  [
    "retries: { times: 1, jitter: 2 }",
    "expected a number from 0 to 1 for `jitter`, found the number 2",
  ],
  ["retries: { times: 1, whithin: 3 }", "`retries` has no key `whithin`; did you mean `within`?"],
])("%s is refused", (keys, message) => {
  expect(problemsIn(withKeys(keys)).map((line) => line.replace(/^\S+: /, ""))).toEqual([message]);
});

test("a group and a `first-of` run nothing, so they take none of these keys", () => {
  const file = `
targets:
  all: { needs: [web], timeout: 5 }
  web: { first-of: [{ run: make, retries: 1 }], retries: 2 }
`;
  expect(problemsIn(file)).toEqual([
    "targets.yaml:3:24+7: `timeout` is for what runs, and a group runs nothing itself; put it on its targets",
    "targets.yaml:4:49+7: `retries` is for what runs, and a `first-of` runs nothing itself; put it beside the rule of an alternative",
  ]);
});

test("pools hold rule kinds and what targets say", () => {
  const file = `
pools: { run: 3, license: 1 }
targets:
  web: { run: make, pool: license }
`;
  expect(loaded(file).pools).toEqual({ run: 3, license: 1 });
  expect(target(file, "web").pool).toBe("license");
});

test.each([
  [
    "pools: { iamge: 2 }",
    "targets.yaml:1:10+5: no rule is called `iamge`, and no target says `pool: iamge`; did you mean `image`?",
  ],
  [
    "pools: { run: 0 }",
    "targets.yaml:1:15+1: expected a whole number from 1 for pool `run`, found the number 0",
  ],
  ["pools: 3", "targets.yaml:1:8+1: expected a mapping for `pools`, found the number 3"],
])("%s is refused", (pools, message) => {
  expect(problemsIn(`${pools}\ntargets: { web: { run: make } }\n`)).toEqual([message]);
});

test("a pool without a size is a slip", () => {
  const file = "pools: { license: 1, run: 9 }\ntargets:\n  web: { run: make, pool: licence }\n";
  expect(problemsIn(file)).toEqual([
    "targets.yaml:1:10+7: no rule is called `license`, and no target says `pool: license`; did you mean `licence`?",
    "targets.yaml:3:21+4: there is no pool `licence`; did you mean `license`?",
  ]);
});

test("the outer file says how large a pool of an included file is", () => {
  const files = {
    "targets.yaml": "include: { inner: inner.yaml }\npools: { license: 2 }\n",
    "inner.yaml": "pools: { license: 5, run: 4 }\ntargets: { web: { run: make, pool: license } }\n",
  };
  expect(loaded(files).pools).toEqual({ license: 2, run: 4 });
});
