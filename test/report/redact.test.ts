import type { Event } from "../../src/model/event.ts";
import { hideCredentials, Redactor, redactEvents } from "../../src/report/redact.ts";

const secret = "p@ss/wörd+1 2";

test("a secret is hidden in all forms in which it may turn up", () => {
  const redactor = new Redactor([secret]);
  const forms = [
    secret,
    encodeURIComponent(secret),
    Buffer.from(secret).toString("base64"),
    Buffer.from(secret).toString("base64url"),
  ];
  for (const form of forms) expect(redactor.text(`a ${form} b`)).toBe("a *** b");
});

test.each(["", "u", "us", "user:"])(
  "a secret encoded together with `%s` before it is hidden",
  (before) => {
    const redactor = new Redactor(["correct-horse-battery"]);
    const encoded = Buffer.from(`${before}correct-horse-battery!`).toString("base64");
    const shown = redactor.text(`authorization: basic ${encoded}`);
    expect(shown).toContain("***");
    const rest = shown.slice("authorization: basic ".length).split("***").join("");
    expect(Buffer.from(rest, "base64").toString()).not.toMatch(/horse/);
    expect(rest.length).toBeLessThanOrEqual(before.length * 2 + 8);
  },
);

test("a secret of many lines is hidden line by line", () => {
  const redactor = new Redactor(["first line\nsecond line\n"]);
  expect(redactor.text("got second line")).toBe("got ***");
});

test("of two secrets the longer one is hidden whole", () => {
  expect(new Redactor(["abc", "abcdef"]).text("abcdef abc")).toBe("*** ***");
});

test("an empty secret hides nothing", () => {
  expect(new Redactor(["", "\n"]).text("a b")).toBe("a b");
});

test("a secret with characters of patterns is taken literally", () => {
  expect(new Redactor(["a.*[b"]).text("a.*[b axxb")).toBe("*** axxb");
});

test.each([
  ["cloning https://me:pw@example.org/a.git", "cloning https://***@example.org/a.git"],
  ["https://ghp_token@example.org/", "https://***@example.org/"],
  ["tcp://u:p@host:2375 failed", "tcp://***@host:2375 failed"],
  ["ssh://git@example.org/a.git", "ssh://git@example.org/a.git"],
  [
    "mail me@example.org about https://example.org/@x",
    "mail me@example.org about https://example.org/@x",
  ],
])("credentials in URLs are hidden: %s", (text, shown) => {
  expect(hideCredentials(text)).toBe(shown);
});

test("every text of every event is searched, however deep, and the words of events stay", () => {
  const seen: Event[] = [];
  const reporter = redactEvents(
    { report: (event) => seen.push(event), close: async () => {} },
    new Redactor(["built"]),
  );
  reporter.report({
    kind: "target-finished",
    target: "a",
    title: "a",
    rule: "run",
    outcome: "built",
    seconds: 1,
    artifacts: [{ kind: "image", digest: "sha256:00", references: ["x/built:1"] }],
    problem: { code: "built", blame: "target", message: "built", details: ["is built so"] },
  });
  expect(seen).toEqual([
    {
      kind: "target-finished",
      target: "a",
      title: "a",
      rule: "run",
      outcome: "built",
      seconds: 1,
      artifacts: [{ kind: "image", digest: "sha256:00", references: ["x/***:1"] }],
      problem: { code: "built", blame: "target", message: "***", details: ["is *** so"] },
    },
  ]);
});

test("an event without secrets is passed on as it is", () => {
  const seen: Event[] = [];
  const reporter = redactEvents(
    { report: (event) => seen.push(event), close: async () => {} },
    new Redactor(["secret"]),
  );
  const event: Event = { kind: "planned", total: 3 };
  reporter.report(event);
  expect(seen[0]).toBe(event);
});

test("a line of a megabyte without a URL is gone through once, and stays as it is", () => {
  // Tried from each letter to the end of the line it takes an hour.
  const line = `@${"x".repeat(1 << 20)}`;
  expect(hideCredentials(line)).toBe(line);
});
