import { readFileSync, statSync, truncateSync } from "node:fs";
import path from "node:path";
import { limitedAs } from "../../../src/server/http/access/address.ts";
import { BoundedMap } from "../../../src/server/http/access/bounded-map.ts";
import { badgeSvg } from "../../../src/server/http/badge.ts";
import { HttpMetrics } from "../../../src/server/http/metrics.ts";
import type { AuditEntry } from "../../../src/server/records/audit.ts";
import { AuditFile } from "../../../src/server/records/audit-file.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { anInventory, aRun, FakeCore, someRuns } from "./support/fake-core.ts";
import { startHttp, tokens } from "./support/http-room.ts";

const token = tokens.reader;

describe("addresses that one customer has count as one", () => {
  test.each([
    ["192.0.2.7", "192.0.2.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:db8:1:2::6", "2001:db8:1:2::/64"],
    ["2001:db8::6", "2001:db8:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
  ])("%s as %s", (address, counted) => {
    expect(limitedAs(address)).toBe(counted);
  });
});

test("ever new keys cost no memory: those set longest ago are forgotten", () => {
  const map = new BoundedMap<number>(2);
  map.set("a", 1);
  map.set("b", 2);
  map.set("a", 3);
  map.set("c", 4);
  expect([map.get("a"), map.get("b"), map.get("c")]).toEqual([3, undefined, 4]);
});

test("figures are in the format of Prometheus, each with its type, labels escaped", () => {
  const metrics = new HttpMetrics();
  metrics.count({ method: "GET", route: 'a"b\\c\nd', status: 200 });
  metrics.took(0.02);
  metrics.took(3);
  const text = metrics.text(new FakeCore().metrics(), { readers: 3, dropped: 1 });
  expect(text).toContain(
    'tbuild_http_requests_total{method="GET",route="a\\"b\\\\c\\nd",status="200"} 1\n',
  );
  expect(text).toContain(
    [
      "# TYPE tbuild_http_request_seconds histogram",
      'tbuild_http_request_seconds_bucket{le="0.005"} 0',
      'tbuild_http_request_seconds_bucket{le="0.01"} 0',
      'tbuild_http_request_seconds_bucket{le="0.025"} 1',
      'tbuild_http_request_seconds_bucket{le="0.05"} 1',
      'tbuild_http_request_seconds_bucket{le="0.1"} 1',
      'tbuild_http_request_seconds_bucket{le="0.25"} 1',
      'tbuild_http_request_seconds_bucket{le="1"} 1',
      'tbuild_http_request_seconds_bucket{le="5"} 2',
      'tbuild_http_request_seconds_bucket{le="+Inf"} 2',
      "tbuild_http_request_seconds_sum 3.02",
      "tbuild_http_request_seconds_count 2",
    ].join("\n"),
  );
  // Each line is a comment, or a name with labels and a number.
  const sample = /^[a-z_]+(\{[a-z]+="([^"\\]|\\.)*"(,[a-z]+="([^"\\]|\\.)*")*\})? [\d.e+-]+$/;
  const lines = text.trimEnd().split("\n");
  expect(lines.filter((line) => !line.startsWith("# ") && !sample.test(line))).toEqual([]);
});

test("a badge says in words and colour how it stands", () => {
  expect(badgeSvg("shop main", "passed")).toContain("<title>shop main: passed</title>");
  expect(badgeSvg("shop main", "failed")).toContain("#b3261e");
  expect(badgeSvg("shop main", undefined)).toContain('aria-label="shop main: unknown"');
});

describe("a badge", () => {
  test("tells the last outcome of a branch; what waits or was replaced is none", async () => {
    const room = await startHttp({ settings: { read: "public" } });
    room.core.runs = [
      aRun({ id: "5", state: "queued" }),
      aRun({ id: "4", state: "replaced" }),
      aRun({ id: "3", state: "failed" }),
      aRun({ id: "2", state: "passed" }),
      aRun({ id: "1", branch: "release/1", state: "passed" }),
    ];
    expect((await room.ask("/badges/shop.svg")).text).toContain("shop main: failed");
    const other = await room.ask("/badges/shop.svg?branch=release/1");
    expect(other.text).toContain("shop release/1: passed");
    expect(other.headers["cross-origin-resource-policy"]).toBe("cross-origin");
  });

  test("of a repository that is not there is none", async () => {
    const room = await startHttp({ settings: { read: "public" } });
    const { status, json } = await room.ask("/badges/toys.svg");
    expect([status, json.error.message]).toEqual([404, "there is no such repository"]);
  });
});

test("what was pushed is told with the newest digest of each reference, over all runs that are kept", async () => {
  const room = await startHttp();
  const tag = (name: string, digit: string) => {
    return { reference: name, digest: `sha256:${digit.repeat(64)}` as const };
  };
  const { pushed: _, ...old } = aRun({ id: "2", repository: "shop" });
  room.core.runs = [
    aRun({ id: "9", pushed: [tag("shop:latest", "b")] }),
    ...someRuns(2500, { pushed: [] }),
    aRun({ id: "1", pushed: [tag("shop:latest", "a"), tag("shop:1.0", "a")], branch: "release/1" }),
    { ...old, id: "0" },
  ];
  const { json } = await room.ask("/api/v1/repositories/shop/pushed", { token });
  expect(
    json.pushed.map(({ reference, digest, run, branch }: Record<string, string>) => [
      reference,
      digest?.slice(7, 8),
      run,
      branch,
    ]),
  ).toEqual([
    ["shop:1.0", "a", "1", "release/1"],
    ["shop:latest", "b", "9", "main"],
  ]);
});

test("the inventory is told of all repositories and of one", async () => {
  const room = await startHttp();
  room.core.images = [anInventory(), anInventory({ repository: "lab" })];
  const told = async (path: string) => {
    const { json } = await room.ask(path, { token });
    return json.inventories.map(({ repository }: { repository: string }) => repository);
  };
  expect(await told("/api/v1/inventory")).toEqual(["shop", "lab"]);
  expect(await told("/api/v1/repositories/shop/inventory")).toEqual(["shop"]);
});

test("it is ready when the core is, and says why not to who may read", async () => {
  const room = await startHttp();
  expect((await room.ask("/readyz")).json).toEqual({ ok: true });
  room.core.problems = ["the disk is full"];
  expect(await room.ask("/readyz")).toMatchObject({ status: 503, json: { ok: false } });
  expect((await room.ask("/readyz")).json).toEqual({ ok: false });
  const told = await room.ask("/readyz", { token });
  expect(told.json).toEqual({ ok: false, problems: ["the disk is full"] });
  expect((await room.ask("/healthz")).status).toBe(200);
});

describe("the audit log", () => {
  const entry: AuditEntry = {
    at: "2026-11-21T12:00:00.000Z",
    request: "0011",
    who: "anna",
    address: "127.0.0.1",
    method: "POST",
    path: "/api/v1/runs",
    status: 201,
  };

  test("is a line for each entry, for its owner alone, and goes on after a restart", () => {
    const file = path.join(temporaryFolder(), "audit.ndjson");
    const failed: unknown[] = [];
    for (let starts = 0; starts < 2; starts++) {
      new AuditFile(file, (error) => failed.push(error)).write(entry);
    }
    const lines = readFileSync(file, "utf8").trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual([entry, entry]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(failed).toEqual([]);
  });

  test("is put aside when it is large", () => {
    const file = path.join(temporaryFolder({ "audit.ndjson": "" }), "audit.ndjson");
    truncateSync(file, 16 * 1024 * 1024);
    new AuditFile(file, () => undefined).write(entry);
    expect(statSync(`${file}.1`).size).toBe(16 * 1024 * 1024);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(entry);
  });

  test("that cannot be written is told, and stops nothing", () => {
    const failed: unknown[] = [];
    const file = path.join(temporaryFolder(), "gone", "audit.ndjson");
    new AuditFile(file, (error) => failed.push(error)).write(entry);
    expect(failed).toMatchObject([{ code: "ENOENT" }]);
  });
});
