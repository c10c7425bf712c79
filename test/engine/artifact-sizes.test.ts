import { ArtifactSizes } from "../../src/engine/artifact-sizes.ts";
import type { Artifact } from "../../src/model/artifact.ts";
import type { TimedEvent } from "../../src/model/run-log.ts";
import { targetFinished } from "../report/fake-report.ts";
import { digestOf, FakeDocker } from "../rules/support/fake-docker.ts";
import { temporaryFolder } from "../support/folder.ts";

const image = { kind: "image", digest: digestOf("app"), references: ["app:1"] } as const;
const finished = (...artifacts: Artifact[]) =>
  ({ ...targetFinished("app", "built", { artifacts }), ms: 1 }) as TimedEvent;

test("files and folders have the size that they have on the disk", () => {
  const folder = temporaryFolder({ "a.txt": "12345", "tree/b.txt": "678", "tree/sub/c.txt": "9" });
  const sizes = new ArtifactSizes(folder);
  const digest = digestOf("some");
  expect(sizes.sizeOf({ kind: "file", path: "a.txt", digest })).toBe(5);
  expect(sizes.sizeOf({ kind: "tree", path: "tree", digest })).toBe(4);
  expect(sizes.sizeOf({ kind: "file", path: "gone.txt", digest })).toBeUndefined();
});

test("an image that the build's own list told costs no question", async () => {
  const docker = new FakeDocker();
  docker.hold(image.digest, image.references);
  await docker.images();
  const sizes = new ArtifactSizes("/");
  sizes.take(finished(image));
  await sizes.learn(docker);
  expect([sizes.sizeOf(image), docker.listings]).toEqual([1, 1]);
});

test("images that were made meanwhile cost one question, however many they are", async () => {
  const docker = new FakeDocker();
  await docker.images();
  const other = { ...image, digest: digestOf("other"), references: ["other:1"] };
  for (const { digest, references } of [image, other]) docker.hold(digest, references);
  const sizes = new ArtifactSizes("/");
  sizes.take(finished(image));
  sizes.take(finished(other));
  await sizes.learn(docker);
  expect([sizes.sizeOf(image), sizes.sizeOf(other), docker.listings]).toEqual([1, 1, 2]);
});

test("a build without an engine asks none, and an image has no size then", async () => {
  const sizes = new ArtifactSizes("/");
  sizes.take(finished(image));
  await sizes.learn(undefined);
  expect(sizes.sizeOf(image)).toBeUndefined();
});
