/** What commands in containers find again, and where those of an included file start. */
import { readdirSync } from "node:fs";
import path from "node:path";
import { KeptFolders } from "../../src/rules/run/kept-folders.ts";
import { KeptStore } from "../../src/store/kept-store.ts";
import { temporaryFolder } from "../support/folder.ts";
import { name, RuleRoom, told } from "./support/rule-room.ts";

const image = {
  kind: "image" as const,
  digest: `sha256:${"b".repeat(64)}` as const,
  references: ["shop/builder:1"],
};

function roomWithBuilder(files: Readonly<Record<string, string>> = {}): RuleRoom {
  const room = new RuleRoom(files);
  room.made["builder"] = [image];
  return room;
}

const fields = { run: { argv: ["make"] }, in: name("builder"), keep: ["kept/"] };
const laid = (room: RuleRoom) => room.docker.runs.at(-1)?.inputs.map((input) => input.name);

test("a kept folder is empty at first, and then as the last command left it", async () => {
  const room = roomWithBuilder();
  room.docker.makes = { "kept/a": "1", "kept/b/c": "2" };

  expect(told(await room.act("run", fields))).toEqual([]);
  expect(laid(room)).toEqual(["kept"]);
  room.docker.makes = { "kept/b/c": "3", "kept/d": "4" };
  await room.act("run", fields);

  expect(laid(room)?.sort()).toEqual(["kept", "kept/a", "kept/b/c"]);
  expect(room.read(".tbuild/keep/kept/b/c")).toBe("3");
  expect(room.read(".tbuild/keep/kept/d")).toBe("4");
  expect(room.has(".tbuild/keep/kept/a")).toBe(false);
});

test("what another target put into a kept folder meanwhile stays", () => {
  const stateFolder = temporaryFolder({ "keep/kept/old": "0" });
  const state = { kept: new KeptStore(stateFolder) };
  const [one, other] = [new KeptFolders(["kept/"], state), new KeptFolders(["kept/"], state)];
  one.lay(temporaryFolder());
  other.lay(temporaryFolder());

  one.take(temporaryFolder({ "kept/old": "0", "kept/a": "1" }));
  other.take(temporaryFolder({ "kept/b": "2" }));

  expect(readdirSync(path.join(stateFolder, "keep/kept")).sort()).toEqual(["a", "b"]);
});

test("a command that takes its kept folder away has failed", async () => {
  const room = roomWithBuilder();
  expect(told(await room.act("run", fields))).toBe(
    "target made no `kept/`, which it declares as output",
  );
});

test("what one command makes a file and another one a folder is as the later one left it", () => {
  const stateFolder = temporaryFolder({ "keep/kept/a": "0", "keep/kept/b/c": "0" });
  const folders = new KeptFolders(["kept/"], { kept: new KeptStore(stateFolder) });
  folders.add(temporaryFolder({ "kept/a/b": "1", "kept/b": "2" }));
  expect(readdirSync(path.join(stateFolder, "keep/kept"), { recursive: true }).sort()).toEqual([
    "a",
    "a/b",
    "b",
  ]);
});

test("what a command that failed put into a kept folder is there for the next one", async () => {
  const room = roomWithBuilder();
  room.docker.makes = { "kept/a": "1", "kept/b": "1" };
  await room.act("run", fields);
  room.docker.exitCode = 1;
  room.docker.makes = { "kept/a": "2", "kept/c": "2", "out/x": "half" };

  expect(told(await room.act("run", fields))).toBe("command failed with exit code 1");
  expect(room.docker.runs.at(-1)?.caches).toEqual(["kept"]);
  expect(room.read(".tbuild/keep/kept/a")).toBe("2");
  expect(room.read(".tbuild/keep/kept/b")).toBe("1");
  expect(room.read(".tbuild/keep/kept/c")).toBe("2");
});

test("a command of an included file starts in the folder of that file, and `as` with it", async () => {
  const room = roomWithBuilder({ "bundles/a.c": "", "out/tool": "" });
  room.made["tool"] = [room.file("out/tool")];
  const inputs = [{ pattern: "bundles/a.c" }, { targets: [name("tool")], as: "tools" }];

  await room.act(
    "run",
    { run: { argv: ["make"] }, in: name("builder"), inputs },
    { folder: "bundles" },
  );

  expect(laid(room)).toEqual(["bundles/a.c", "bundles/tools/tool"]);
  expect(room.docker.runs[0]).toMatchObject({ workdir: "/workspace", startFolder: "bundles" });
});
