import { aRun, aTarget, someRuns } from "./support/fake-core.ts";
import { startHttp, tokens } from "./support/http-room.ts";

const { reader, runner } = tokens;
const asJson = { "content-type": "application/json" };
const post = (token: string, body: unknown) => ({
  method: "POST",
  token,
  headers: asJson,
  body: JSON.stringify(body),
});

test("runs come in pages, and each page tells where the next one begins", async () => {
  const room = await startHttp();
  room.core.runs = someRuns(5);
  const seen: string[] = [];
  let path = "/api/v1/runs?limit=2";
  for (let pages = 0; pages < 3; pages++) {
    const { json } = await room.ask(path, { token: reader });
    seen.push(json.runs.map(({ id }: { id: string }) => id.slice(-1)).join(""));
    path = `/api/v1/runs?limit=2&before=${json.next}`;
    if (pages === 2) expect(json.next).toBeUndefined();
  }
  expect(seen).toEqual(["54", "32", "1"]);
});

test("runs are chosen by repository, branch and state", async () => {
  const room = await startHttp();
  room.core.runs = [
    aRun({ id: "4", state: "failed" }),
    aRun({ id: "3", branch: "release/1" }),
    aRun({ id: "2", repository: "other" }),
    aRun({ id: "1" }),
  ];
  const query = "repository=shop&branch=main&state=passed";
  const { json } = await room.ask(`/api/v1/runs?${query}`, { token: reader });
  expect(json.runs.map(({ id }: { id: string }) => id)).toEqual(["1"]);
});

test("a run, its targets and its graph are told", async () => {
  const room = await startHttp();
  const run = aRun({ cause: { kind: "push", noticed: "webhook", delivery: "d1" } });
  room.core.runs = [run];
  room.core.targets.set(run.id, [aTarget(), aTarget({ name: "install", needs: [] })]);
  expect((await room.ask(`/api/v1/runs/${run.id}`, { token: reader })).json).toEqual(run);
  const { json } = await room.ask(`/api/v1/runs/${run.id}/graph`, { token: reader });
  expect(json.dependencies).toEqual([{ from: "image", to: "install" }]);
  expect(json.targets).toHaveLength(2);
});

test("what is not there is told as that, with where to look", async () => {
  const room = await startHttp();
  const { status, json } = await room.ask("/api/v1/runs/20261121T104935Z-0000", { token: reader });
  expect(status).toBe(404);
  expect(json).toEqual({
    error: {
      code: "unknown-run",
      message: "there is no such run",
      hint: "`GET /api/v1/runs` lists those that are kept",
    },
  });
});

test("one target of a chosen commit is started without a push, in the name of the token", async () => {
  const room = await startHttp();
  const wanted = {
    repository: "shop",
    commit: "3f2c1b0",
    targets: ["test"],
    params: { version: "1.2", fast: true },
  };
  const { status, headers } = await room.ask("/api/v1/runs", post(runner, wanted));
  expect(status).toBe(201);
  expect(headers.location).toBe("/api/v1/runs/20261121T120000Z-aaaa");
  expect(room.core.started).toEqual([{ ...wanted, by: "anna" }]);
  expect(room.audit).toEqual([
    {
      at: "2026-11-21T12:00:00.000Z",
      request: headers["x-request-id"],
      who: "anna",
      address: "127.0.0.1",
      method: "POST",
      path: "/api/v1/runs",
      status: 201,
      result: "run 20261121T120000Z-aaaa",
    },
  ]);
});

test("what the core cannot do is answered by the code of its problem", async () => {
  const room = await startHttp();
  room.core.runs = [aRun()];
  const cancel = `/api/v1/runs/${aRun().id}/cancel`;
  const answers = [
    await room.ask("/api/v1/runs", post(runner, { repository: "toys" })),
    await room.ask("/api/v1/runs", post(runner, { repository: "shop", branch: "gone" })),
    await room.ask(cancel, post(runner, {})),
  ];
  expect(answers.map(({ status, json }) => [status, json.error.message])).toEqual([
    [404, "there is no repository `toys`"],
    [422, "there is no branch `gone`"],
    [409, "the run has ended already"],
  ]);
  expect(answers[1]?.json.error.hint).toBe("push it first");
});

test("runs are cancelled and retried by name", async () => {
  const room = await startHttp();
  room.core.runs = [aRun({ state: "running" })];
  const cancelled = await room.ask(`/api/v1/runs/${aRun().id}/cancel`, post(runner, {}));
  expect(cancelled.json.problem).toBe("cancelled by anna");
  const retried = await room.ask(`/api/v1/runs/${aRun().id}/retry`, post(runner, {}));
  expect(retried.json.cause).toEqual({ kind: "retry", of: aRun().id, by: "anna" });
});

describe("a request that is not as declared is refused in words", () => {
  test.each([
    ["limit=0", "`limit` must be at least 1"],
    ["limit=1000", "`limit` must be at most 200"],
    ["limit=many", "`limit` must be of type number"],
    ["limit=1&limit=2", "`limit` is given twice"],
    [
      "state=lost",
      "`state` must be one of `queued`, `running`, `passed`, `failed`, `cancelled`, `replaced`",
    ],
    ["color=red", "the query has keys that are not known: `color`"],
    ["branch=--upload-pack", "`branch` must be the name of a branch"],
    ["before=../../etc", "`before` must be the ID of a run"],
  ])("?%s: %s", async (query, message) => {
    const room = await startHttp();
    const { status, json } = await room.ask(`/api/v1/runs?${query}`, { token: reader });
    expect([status, json.error.message]).toEqual([400, message]);
  });

  test.each([
    ["{}", 422, "`repository` is missing"],
    ['{"repository":"shop","shell":"sh"}', 422, "the body has keys that are not known: `shell`"],
    [
      '{"repository":"shop","commit":"HEAD"}',
      422,
      "`commit` must be a commit: 7 to 64 hexadecimal digits",
    ],
    [
      '{"repository":"shop","targets":["--force"]}',
      422,
      "`targets.0` must be the name of a target",
    ],
    [
      '{"repository":"shop","params":{"a b":1}}',
      422,
      "`params.a b` must be the name of a parameter",
    ],
    [
      '{"repository":"shop","params":{"a":{}}}',
      422,
      "`params.a` must be a text, a number, `true` or `false`",
    ],
    ["{", 400, "the body is not JSON"],
  ])("%s: %i %s", async (body, status, message) => {
    const room = await startHttp();
    const question = { method: "POST", token: runner, headers: asJson, body };
    const reply = await room.ask("/api/v1/runs", question);
    expect([reply.status, reply.json.error.message]).toEqual([status, message]);
    expect(room.core.started).toEqual([]);
  });

  test("a body that is not declared as JSON is not taken for it", async () => {
    const room = await startHttp();
    const question = { method: "POST", token: runner, body: '{"repository":"shop"}' };
    const { json } = await room.ask("/api/v1/runs", question);
    expect(json.error).toEqual({
      code: "bad-request",
      message: "the body is not declared as JSON",
      hint: "send `content-type: application/json`",
    });
  });
});

test("a path that knows other methods names them", async () => {
  const room = await startHttp();
  const { status, headers } = await room.ask("/api/v1/runs", { method: "DELETE", token: runner });
  expect([status, headers.allow]).toEqual([405, "GET, HEAD, POST"]);
});

test("what nobody could cause is told to who runs the server, and to nobody else", async () => {
  const room = await startHttp();
  room.core.run = () => {
    throw new Error("the disk /secret/place is on fire");
  };
  const { status, text } = await room.ask("/api/v1/runs/1", { token: reader });
  expect(status).toBe(500);
  expect(text).not.toContain("fire");
  expect(room.bugs).toEqual([new Error("the disk /secret/place is on fire")]);
});
