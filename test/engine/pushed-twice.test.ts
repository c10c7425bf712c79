/** Two images that would get one name in a registry are told before anything runs. */
import { Workspace } from "../support/workspace.ts";

const images = `targets:
  web: { image: web, tags: ["shop/web:1"] }
  other: { image: web, tags: ["other/web:1"] }
  agent: { image: web, tags: ["shop/agent:1", "shop/agent:2"] }
  all: { needs: [web, other, agent] }
`;

async function said(push: string): Promise<readonly string[]> {
  const workspace = new Workspace(`${images}  push: { ${push}, registry: host.example/team }\n`, {
    "web/Dockerfile": "FROM scratch\n",
  });
  const { events, messages } = await workspace.build("push", { dryRun: true });
  expect(events.some(({ kind }) => kind === "target-started")).toBe(false);
  return messages;
}

test.each(["push: [web, other]", "push: all", "push: all, tags: [latest]"])(
  "%s gives two images one name",
  async (push) => {
    const tag = push.includes("tags") ? "latest" : "1";
    expect(await said(push)).toEqual([
      `\`shop/web:1\` and \`other/web:1\` would both be pushed as \`host.example/team/web:${tag}\``,
    ]);
  },
);

test("an image with two tags of its own, and a target that is named twice, are pushed once", async () => {
  const twice = await said("push: [agent, web, web], tags: [latest, latest]");
  expect(twice).toEqual([]);
});
