import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { type LockOwner, takeLock } from "../../src/store/lock.ts";
import { temporaryFolder } from "../support/folder.ts";

const never = new AbortController().signal;
const ignore = (): void => undefined;
const startTicks = (pid: number): string => {
  const text = readFileSync(`/proc/${pid}/stat`, "latin1");
  return text.slice(text.lastIndexOf(")") + 2).split(" ")[19] as string;
};

describe("the lock of a workspace", () => {
  test("names its owner, and leaves nothing behind", async () => {
    const folder = temporaryFolder();
    const lock = await takeLock(`${folder}/lock`, "tbuild all", ignore, never);
    const owner = JSON.parse(readFileSync(`${folder}/lock`, "utf8")) as LockOwner;
    expect(owner).toEqual({
      pid: process.pid,
      startedAt: startTicks(process.pid),
      command: "tbuild all",
    });
    lock.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  test("held by a living process, it is waited for, and the owner is told once", async () => {
    const file = `${temporaryFolder()}/lock`;
    const parent = process.ppid;
    const owner = { pid: parent, startedAt: startTicks(parent), command: "tbuild push" };
    writeFileSync(file, JSON.stringify(owner));
    const stop = new AbortController();
    const told: LockOwner[] = [];
    const waiting = takeLock(
      file,
      "tbuild all",
      (found) => {
        told.push(found);
        stop.abort();
      },
      stop.signal,
    );
    await expect(waiting).rejects.toThrow("abort");
    expect(told).toEqual([owner]);
    expect(existsSync(file)).toBe(true);
  });

  test.each([
    ["a process that is gone", { pid: 4_194_304, startedAt: "1", command: "x" }],
    ["a process whose number was given away", { pid: process.ppid, startedAt: "1", command: "x" }],
  ])("left by %s, it is taken over", async (_, owner) => {
    const file = `${temporaryFolder()}/lock`;
    writeFileSync(file, JSON.stringify(owner));
    const lock = await takeLock(file, "tbuild all", ignore, never);
    expect(JSON.parse(readFileSync(file, "utf8")).pid).toBe(process.pid);
    lock.release();
  });

  test("many who want it hold it one after the other", async () => {
    const file = `${temporaryFolder()}/lock`;
    let holders = 0;
    let most = 0;
    // One process stands for many: the lock of its own number would look taken by a living owner.
    const turn = async (): Promise<void> => {
      const lock = await takeLock(file, "tbuild all", ignore, never);
      most = Math.max(most, ++holders);
      await Promise.resolve();
      holders--;
      lock.release();
    };
    await Promise.all(Array.from({ length: 10 }, turn));
    expect(most).toBe(1);
  });
});
