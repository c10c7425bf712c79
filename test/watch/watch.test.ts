import { FakeWorld } from "./fake-world.ts";

/** A world in its first build, with a text for each target. */
async function building(graph: string, ...reserve: readonly string[]): Promise<FakeWorld> {
  const world = new FakeWorld(graph);
  for (const target of reserve) world.reserve.add(target);
  for (const target of graph.match(/\w+/g) ?? []) world.texts.set(target, "old");
  const begun = world.building();
  void world.start();
  await begun;
  return world;
}

/** A world at rest after its first build. */
async function resting(graph: string, ...targets: readonly string[]): Promise<FakeWorld> {
  const world = await building(graph);
  for (const target of targets) world.finished(target);
  await world.ends();
  return world;
}

test("a change of what a target read begins a build, and its own outputs begin none", async () => {
  const world = await resting("b: [a]", "a", "b");
  expect(world.told).toEqual(["rests"]);

  await world.edit({ "a.out": world.texts.get("a.out") as string });
  expect(world.orders).toHaveLength(1);

  await world.edit({ a: "new" });
  expect(world.told).toEqual(["rests", "a changed"]);
  expect(world.orders.map(({ force }) => force)).toEqual([true, false]);
});

test("a file that was touched and is the same begins nothing", async () => {
  const world = await resting("b: [a]", "a", "b");
  await world.edit({ a: "old", b: "old" });
  expect(world.told).toEqual(["rests"]);
});

test("a change under a target that runs stops the build, and another one begins", async () => {
  const world = await building("b: [a]");
  world.started("a");
  await world.edit({ a: "new" });
  expect(world.told).toEqual(["a stops"]);
  expect(world.orders[0]?.signal.aborted).toBe(true);

  const next = world.building();
  await world.ends();
  await next;
  expect(world.orders.map(({ force }) => force)).toEqual([true, true]);
  expect(world.told).toEqual(["a stops"]);
});

test("a change under a target that waits for a job stops the build too: it was read already", async () => {
  const world = await building("c: [a, b]");
  world.started("a");
  await world.edit({ b: "new" });
  expect(world.told).toEqual(["b stops"]);
});

test("a change under a target that waits for others stops nothing, and is in the build", async () => {
  const world = await building("b: [a]");
  world.started("a");
  await world.edit({ b: "new" });
  world.finished("a");
  world.started("b");
  await world.edit({ unread: "" });
  world.finished("b");
  await world.ends();
  expect(world.told).toEqual(["rests"]);
});

test("a change under what is done lets the build end, and another one follows", async () => {
  const world = await building("b: [a]");
  world.finished("a");
  world.started("b");
  await world.edit({ a: "new" });
  expect(world.told).toEqual([]);

  world.finished("b");
  const next = world.building();
  await world.ends();
  await next;
  expect(world.told).toEqual(["a changed"]);
});

test("an output that was removed after it was made is noticed though nobody told of it", async () => {
  const world = await building("b: [a]");
  world.finished("a");
  world.started("b");
  world.texts.delete("a.out");
  world.finished("b");
  await world.ends();
  expect(world.told).toEqual(["a.out changed"]);
});

test("while another tbuild is waited for, a change stops nothing and is in the build", async () => {
  const world = await building("b: [a]");
  world.tell({ kind: "waiting" });
  await world.edit({ a: "new" });
  world.tell({ kind: "started" });
  world.started("a");
  await world.edit({ unread: "" });
  world.finished("a");
  world.finished("b");
  await world.ends();
  expect(world.told).toEqual(["rests"]);
});

test("what was made and not recorded is made again, though nothing differs by then", async () => {
  const world = await building("b: [a]");
  world.finished("a");
  world.finished("b");
  world.unrecorded.add("a");
  const next = world.building();
  await world.ends();
  await next;
  expect(world.told).toEqual(["what a reads changed"]);
});

test("a change that only another alternative would read stops nothing", async () => {
  const world = await building("{ a: [], other: [] }", "other");
  world.started("a");
  await world.edit({ other: "new" });
  expect(world.told).toEqual([]);

  world.started("other");
  await world.edit({ other: "newer" });
  expect(world.told).toEqual(["other stops"]);
});

test("what failed is told with what must change, and built again when it did", async () => {
  const world = await building("b: [a]");
  const problem = { code: "x", blame: "target", message: "no" } as const;
  world.finished("a", "failed");
  world.finished("b", "skipped");
  await world.ends({ failed: 1, skipped: 1, problems: [problem] });
  expect(world.events.at(-1)).toMatchObject({
    kind: "watching",
    needed: { names: ["a"], total: 1 },
  });
  await world.edit({ a: "mended" });
  expect(world.told).toEqual(["rests", "a changed"]);
});

test("a build that changes what it reads is not begun for ever", async () => {
  const world = await building("b: [a]");
  for (let round = 0; round < 6; round++) {
    world.started("a");
    world.texts.set("a", `written ${round}`);
    world.finished("a");
    world.finished("b");
    await world.ends();
  }
  expect(world.told).toEqual([...Array(5).fill("a changed"), "changes-while-built", "rests"]);

  await world.edit({ a: "by hand" });
  expect(world.told.at(-1)).toBe("a changed");
});

test("a file that is saved without end is built in the end", async () => {
  const world = await building("b: [a]");
  for (let save = 0; save < 6; save++) {
    world.started("a");
    await world.edit({ a: `save ${save}` });
    if (save < 5) await world.ends();
  }
  expect(world.told).toEqual(Array(5).fill("a stops"));
  expect(world.orders.at(-1)?.signal.aborted).toBe(false);
});

test("who ends it while it waits interrupted nothing, and who ends a build did", async () => {
  const waiting = new FakeWorld("b: [a]");
  const begun = waiting.building();
  const end = waiting.start();
  await begun;
  await waiting.ends();
  waiting.user.abort();
  expect(await end).toEqual({ interrupted: false });

  const busy = new FakeWorld("b: [a]");
  const busyBegun = busy.building();
  const busyEnd = busy.start();
  await busyBegun;
  busy.user.abort();
  await busy.ends();
  expect(await busyEnd).toEqual({ interrupted: true });
});
