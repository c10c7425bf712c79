import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { isGroupAlive } from "../../src/rules/commands/live-group.ts";

test("a group lives as long as somebody in it runs, though its leader is gone", async () => {
  const leader = spawn("sh", ["-c", "sleep 60 &"], { detached: true, stdio: "ignore" });
  await once(leader, "exit");
  const group = leader.pid as number;
  expect(isGroupAlive(group)).toBe(true);
  process.kill(-group, "SIGKILL");
});

test("who is dead and not yet fetched by its parent counts as gone", () => {
  const group = spawn("true", { detached: true, stdio: "ignore" }).pid as number;
  // Nobody fetches it as long as this process does not come back from here.
  execFileSync("sh", ["-c", `until grep -q ') Z ' /proc/${group}/stat; do :; done`]);
  expect(process.kill(-group, 0)).toBe(true);
  expect(isGroupAlive(group)).toBe(false);
});

test("a group that never was is not alive", () => {
  expect(isGroupAlive(undefined)).toBe(false);
});
