import { existsSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { boundFolder, CountedFolder } from "../../src/store/bounded-folder.ts";
import { temporaryFolder, writeFiles } from "../support/folder.ts";

/** Files of ten bytes, each an hour younger than the one before it. */
function folderOf(...names: string[]): string {
  const folder = temporaryFolder();
  for (const [hour, name] of names.entries()) {
    writeFileSync(`${folder}/${name}`, "0123456789");
    utimesSync(`${folder}/${name}`, hour * 3600, hour * 3600);
  }
  return folder;
}

const nothingInUse = { isInUse: () => false };
const names = (folder: string): string[] => readdirSync(folder).sort();

describe("a bounded folder", () => {
  test("loses what was written longest ago, whatever it is called, and tells of it before", () => {
    const folder = folderOf("old", "b", "a");
    const told: string[] = [];
    const onEvict = (evicted: readonly string[]): void => {
      told.push(...evicted, ...names(folder));
    };
    expect(boundFolder(folder, { bytes: 25, ...nothingInUse, onEvict })).toBe(20);
    expect(told).toEqual(["old", "a", "b", "old"]);
    expect(names(folder)).toEqual(["a", "b"]);
  });

  test("keeps what is in use and what is no file", () => {
    const folder = folderOf("a", "b", "c");
    writeFiles(folder, { "below/": "" });
    boundFolder(folder, { bytes: 15, isInUse: (name) => name === "a" });
    expect(names(folder)).toEqual(["a", "below"]);
  });

  test("that is not there is empty", () => {
    expect(boundFolder(`${temporaryFolder()}/none`, { bytes: 1, ...nothingInUse })).toBe(0);
  });
});

describe("a counted folder", () => {
  /** One run that writes files of ten bytes. @returns whether the folder was looked at */
  function run(folder: string, counter: string, bytes: number, ...written: string[]): boolean {
    const counted = new CountedFolder(folder, counter);
    for (const name of written) {
      counted.open();
      writeFileSync(`${folder}/${name}`, "0123456789");
      counted.add(10);
    }
    let looked = false;
    const isInUse = (name: string): boolean => {
      looked = true;
      return written.includes(name);
    };
    counted.bound({ bytes, isInUse });
    return looked;
  }

  test("is looked at when the count says that there may be too much, and not before", () => {
    const folder = folderOf();
    const counter = `${temporaryFolder()}/count`;
    expect(run(folder, counter, 35, "a", "b")).toBe(false);
    expect(run(folder, counter, 35, "c")).toBe(false);
    expect(run(folder, counter, 35, "d")).toBe(true);
    expect(names(folder)).toEqual(["c", "d"]);
  });

  test("is not too large for having a file replaced again and again", () => {
    const folder = folderOf("a", "b");
    const counter = `${temporaryFolder()}/count`;
    for (let times = 0; times < 20; times++) run(folder, counter, 35, "c");
    expect(names(folder)).toEqual(["a", "b", "c"]);
  });

  test("is looked at after a run that was killed, which left no count", () => {
    const folder = folderOf();
    const counter = `${temporaryFolder()}/count`;
    run(folder, counter, 35, "a");
    const killed = new CountedFolder(folder, counter);
    killed.open();
    for (const name of ["b", "c", "d"]) writeFileSync(`${folder}/${name}`, "0123456789");
    expect(existsSync(counter)).toBe(false);
    run(folder, counter, 35, "e");
    expect(names(folder)).toHaveLength(2);
    expect(existsSync(`${folder}/e`)).toBe(true);
  });

  test.each(["", "12", "12x\n", "-5\n"])("does not believe the count %j", (text) => {
    const folder = folderOf("a", "b", "c", "d");
    const counter = `${temporaryFolder({ count: text })}/count`;
    run(folder, counter, 25);
    expect(names(folder)).toEqual(["c", "d"]);
  });

  test("meets a lower limit in a run that writes nothing", () => {
    const folder = folderOf();
    const counter = `${temporaryFolder()}/count`;
    run(folder, counter, 100, "a", "b", "c");
    rmSync(`${folder}/a`);
    run(folder, counter, 10);
    expect(names(folder)).toEqual([]);
  });
});
