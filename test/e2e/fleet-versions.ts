/** Two versions of a small fleet that are pushed to the same tags, and what a registry has of them. */
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { run, workspace } from "./small-workspace.ts";
import { docker } from "./tbuild.ts";

const images = ["web", "agent", "lb"] as const;
const tagsOf = { web: ["1", "latest"], agent: ["1", "latest"], lb: ["1"] } as const;

/** Repository and tag of all that `push-1` and `push-2` write. */
export const fleetTags: readonly (readonly [string, string])[] = images.flatMap((image) =>
  tagsOf[image].map((tag) => [`team/${image}`, tag] as const),
);

const named = (version: number, name: string): string => `tbuild-test/${run}-v${version}/${name}`;

/** Targets `push-1` and `push-2`, to the parameter `registry`; `push-other` sends another image there. */
export function versionedFleet(): string {
  const targets = [1, 2].flatMap((version) => [
    `  base-${version}: { image: base-${version}, tags: ["${named(version, "base")}:1"] }`,
    ...images.map((image) => {
      const tags = tagsOf[image].map((tag) => `"${named(version, image)}:${tag}"`).join(", ");
      return `  ${image}-${version}: { image: ${image}-${version}, base: base-${version}, tags: [${tags}] }`;
    }),
    `  push-${version}: { push: [${images.map((it) => `${it}-${version}`).join(", ")}], registry: "\${registry}/team" }`,
    `  save-${version}: { save: [${images.map((it) => `${it}-${version}`).join(", ")}], to: saved-${version}, format: oci }`,
  ]);
  const folder = workspace(
    `params: { registry: { default: none.example } }\ntargets:\n${targets.join("\n")}
  push-other: { push: base-1, registry: "\${registry}/team" }\n`,
    Object.fromEntries([1, 2].flatMap((version) => contexts(version))),
  );
  for (const version of [1, 2]) {
    writeFileSync(path.join(folder, `base-${version}/data`), randomBytes(3 << 20));
    for (const image of images) {
      writeFileSync(path.join(folder, `${image}-${version}/data`), randomBytes(2 << 20));
    }
  }
  return folder;
}

const contexts = (version: number): [string, string][] => [
  [`base-${version}/Dockerfile`, "FROM scratch\nCOPY data /base\n"],
  ...images.map((image): [string, string] => [
    `${image}-${version}/Dockerfile`,
    `ARG BASE\nFROM $BASE\nCOPY data /${image}\n`,
  ]),
];

/**
 * What the tags of the fleet name, as `team/web:1`.
 * @param place `host:port`, and the name that stands before all repositories
 */
export async function tagsAt(place: string): Promise<Record<string, string | undefined>> {
  const found: Record<string, string | undefined> = {};
  const [host, ...names] = place.split("/");
  const below = names.map((name) => `${name}/`).join("");
  for (const [repository, tag] of fleetTags) {
    const answer = await fetch(`http://${host}/v2/${below}${repository}/manifests/${tag}`, {
      method: "HEAD",
      headers: {
        accept:
          "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json",
      },
    });
    found[`${repository}:${tag}`] = answer.headers.get("docker-content-digest") ?? undefined;
  }
  return found;
}

export async function removeFleet(): Promise<void> {
  const all = [1, 2].flatMap((version) => [
    `${named(version, "base")}:1`,
    ...images.flatMap((image) => tagsOf[image].map((tag) => `${named(version, image)}:${tag}`)),
  ]);
  await docker("rmi", "--force", ...all);
}
