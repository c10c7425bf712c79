/** Targets that a list makes are each as fresh as they are by themselves. */
import { settle } from "../support/settle.ts";
import { Workspace } from "../support/workspace.ts";

const workspace = () =>
  new Workspace(
    `params: { package: { type: list, form: name==version, default: [c==3] } }
targets:
  tool: { run: echo tool > tool, outputs: [tool] }
  wheel:
    matrix: { one: "\${package}" }
    run: "cat tool > \${one.name}-\${one.version}"
    inputs: [{ target: tool }]
    outputs: ["\${one.name}-\${one.version}"]
  all: { needs: [wheel] }
`,
  );

const names = (ran: readonly string[]) => ran.map((line) => line.split(": ")[0]).sort();
const of = (list: string) => ({ given: { package: list } });

test("each value has a target of its own, and a longer list makes what is new in it", async () => {
  const shop = workspace();
  expect(names((await shop.build("all", of("a==1,b==1"))).ran)).toEqual([
    "tool",
    "wheel[a==1]",
    "wheel[b==1]",
  ]);
  expect((await shop.build("all", of("b==1,a==1"))).ran).toEqual([]);
  expect(names((await shop.build("all", of("a==1,b==2,c==1"))).ran)).toEqual([
    "wheel[b==2]",
    "wheel[c==1]",
  ]);
  expect((await shop.build("all", of("b==1"))).ran).toEqual([]);
});

test("a run without changes is known by its plan, and one with another default is not", async () => {
  const shop = workspace();
  await settle(shop.root);
  await shop.build("all", { planned: true });
  await settle(shop.root);
  await shop.build("all", { planned: true });
  expect((await shop.build("all", { planned: true })).events).toEqual([]);

  shop.write({ "targets.yaml": shop.read("targets.yaml").replace("[c==3]", "[c==3, d==4]") });
  await settle(shop.root);
  expect(names((await shop.build("all", { planned: true })).ran)).toEqual(["wheel[d==4]"]);
  await settle(shop.root);
  await shop.build("all", { planned: true });
  expect((await shop.build("all", { planned: true })).events).toEqual([]);
});
