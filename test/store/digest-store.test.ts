import { readFileSync, writeFileSync } from "node:fs";
import type { RememberedDigest } from "../../src/files/digests.ts";
import { DigestStore } from "../../src/store/digest-store.ts";
import { temporaryFolder } from "../support/folder.ts";

const entry = (number: number): RememberedDigest => ({
  signature: [number, 2, 3, 4.5, 5.25],
  digest: `sha256:${number.toString(16).padStart(64, "0")}`,
});

const file = (): string => `${temporaryFolder({})}/digests`;

/** What a later run finds of one path. */
const later = (path: string, name: string) => new DigestStore(path).get(name);

test("a later run gets what was remembered, whether little or much was", () => {
  for (const count of [1, 999, 1000, 2500]) {
    const path = file();
    const store = new DigestStore(path);
    for (let number = 1; number <= count; number++) store.set(`/w/${number}`, entry(number));
    store.save();
    expect(later(path, "/w/1")).toEqual(entry(1));
    expect(later(path, `/w/${count}`)).toEqual(entry(count));
    expect(later(path, "/w/none")).toBeUndefined();
  }
});

test("what is new stands before what was kept, and what is forgotten stays so", () => {
  const path = file();
  const first = new DigestStore(path);
  for (let number = 1; number <= 1000; number++) first.set(`/w/${number}`, entry(number));
  first.save();
  const second = new DigestStore(path);
  second.set("/w/7", entry(70));
  second.delete("/w/8");
  second.save();
  expect(later(path, "/w/7")).toEqual(entry(70));
  expect(later(path, "/w/8")).toBeUndefined();
  const third = new DigestStore(path);
  for (let number = 1; number <= 1000; number++) third.set(`/x/${number}`, entry(number));
  third.save();
  expect(later(path, "/w/7")).toEqual(entry(70));
  expect(later(path, "/w/8")).toBeUndefined();
  expect(later(path, "/w/9")).toEqual(entry(9));
});

test("nothing is written when nothing is new", () => {
  const path = file();
  const store = new DigestStore(path);
  store.get("/w/1");
  store.save();
  expect(() => readFileSync(path)).toThrow("ENOENT");
  expect(() => readFileSync(`${path}.recent`)).toThrow("ENOENT");
});

test("a file that is torn or altered at any byte is as good as none", () => {
  const path = file();
  const store = new DigestStore(path);
  store.set("/w/1", entry(1));
  store.save();
  const whole = readFileSync(`${path}.recent`);
  for (let length = 0; length < whole.length - 8; length++) {
    writeFileSync(`${path}.recent`, whole.subarray(0, length));
    expect([undefined, entry(1)]).toContainEqual(later(path, "/w/1"));
  }
  for (let at = 0; at < whole.length; at++) {
    const altered = Buffer.from(whole);
    altered[at] = (altered[at] as number) ^ 0x55;
    writeFileSync(`${path}.recent`, altered);
    expect([undefined, entry(1)]).toContainEqual(later(path, "/w/1"));
  }
});

test("beyond its limit what nobody asked for is forgotten, the oldest first", () => {
  const path = file();
  const fill = (from: string, limit: number, asked: readonly string[] = []): void => {
    const store = new DigestStore(path, limit);
    for (const name of asked) store.get(name);
    for (let number = 1; number <= 1000; number++) store.set(`/${from}/${number}`, entry(number));
    store.save();
  };
  fill("a", 150_000);
  expect(later(path, "/a/1")).toEqual(entry(1));
  fill("b", 150_000, ["/a/1", "/a/2"]);
  expect(later(path, "/a/1")).toEqual(entry(1));
  expect(later(path, "/a/3")).toBeUndefined();
  expect(later(path, "/a/1000")).toEqual(entry(1000));
  expect(later(path, "/b/1")).toEqual(entry(1));
  fill("c", 1000);
  expect(later(path, "/b/1000")).toBeUndefined();
  expect(later(path, "/c/1000")).toEqual(entry(1000));
});
