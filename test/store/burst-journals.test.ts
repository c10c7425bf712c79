/** What a burst writes down, and what is made of it afterwards. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { TagMove } from "../../src/model/tag-move.ts";
import { BurstJournals } from "../../src/store/burst-journals.ts";
import { findBursts, setAside } from "../../src/store/unfinished-bursts.ts";
import { temporaryFolder } from "../support/folder.ts";

const digest = (letter: string) => `sha256:${letter.repeat(64)}` as const;
const moves: readonly TagMove[] = [
  { repository: "team/web", tag: "1", old: digest("a"), new: digest("b") },
  { repository: "team/web", tag: "latest", new: digest("b") },
];
const host = "[::1]:5000";

let folder: string;
let bursts: string;

beforeEach(() => {
  folder = temporaryFolder();
  bursts = path.join(folder, "bursts");
});

/** The journals as the next run finds them. */
const later = () => new BurstJournals(folder, "tbuild later");

test("a journal that was left tells the host, the command and each tag with both digests", () => {
  new BurstJournals(folder, "tbuild push").begin(host, moves);
  expect(later().unfinished(host)).toEqual([
    { kind: "unfinished", file: expect.any(String), host, command: "tbuild push", moves },
  ]);
  expect(later().unfinished("[::1]:500")).toEqual([]);
});

test("each host has journals of its own, and so has each push", () => {
  const journals = new BurstJournals(folder, "tbuild push");
  journals.begin(host, moves);
  journals.begin(host, moves.slice(1));
  journals.begin("other.example", moves);
  expect(findBursts(folder).map((burst) => burst.host)).toEqual([host, host, "other.example"]);
});

test("a burst that goes on is completed by nobody else in the same build", () => {
  const journals = new BurstJournals(folder, "tbuild push");
  const going = journals.begin(host, moves);
  expect(journals.unfinished(host)).toEqual([]);
  going.leave();
  expect(journals.unfinished(host)).toHaveLength(1);
});

test("nothing is left of a burst that ended", () => {
  const journals = new BurstJournals(folder, "tbuild push");
  const [one, other] = [journals.begin(host, moves), journals.begin(host, moves)];
  one.end();
  expect(findBursts(folder)).toHaveLength(1);
  other.end();
  expect(existsSync(bursts)).toBe(false);
});

test("what a killed build had begun of a journal goes with the next one", () => {
  const going = later().begin(host, moves);
  const begun = path.join(bursts, `host@${"0".repeat(12)}.4711.new`);
  writeFileSync(begun, "half of a");
  expect(findBursts(folder)).toHaveLength(1);
  going.end();
  expect(existsSync(bursts)).toBe(false);
});

describe("a journal that is not what was written is not trusted", () => {
  const damages: readonly [string, (text: string) => string][] = [
    ["torn", (text) => text.slice(0, -20)],
    ["empty", () => ""],
    ["altered", (text) => text.replace("latest", "lastly")],
    ["twice", (text) => text + text],
    ["half zeros", (text) => text.slice(0, 100) + "\0".repeat(text.length - 100)],
  ];
  test.each(damages)("%s", (_, damage) => {
    new BurstJournals(folder, "tbuild push").begin(host, moves);
    const [name = ""] = readdirSync(bursts);
    const file = path.join(bursts, name);
    const text = damage(readFileSync(file, "utf8"));
    writeFileSync(file, text);
    const [burst] = findBursts(folder);
    expect(burst).toEqual({ kind: "damaged", file, host });
    expect(readFileSync(setAside(burst as never), "utf8")).toBe(text);
    expect(findBursts(folder)).toEqual([]);
  });

  test("of another host than its name says", () => {
    new BurstJournals(folder, "tbuild push").begin(host, moves);
    const [name = ""] = readdirSync(bursts);
    const text = readFileSync(path.join(bursts, name), "utf8");
    writeFileSync(path.join(bursts, "evil.example@0123456789ab"), text);
    expect(findBursts(folder).map(({ kind }) => kind)).toEqual(["unfinished", "damaged"]);
  });
});

test("what a kill leaves of a file that was being written is no journal", () => {
  new BurstJournals(folder, "tbuild push").begin(host, moves);
  writeFileSync(path.join(bursts, "other.example@0123456789ab.77.new"), "half of");
  expect(findBursts(folder)).toHaveLength(1);
});
