import { BatchedImages } from "../../src/cache/batched-images.ts";
import { BlobStore } from "../../src/store/blob-store.ts";
import { temporaryFolder } from "../support/folder.ts";
import { type HandMadeImage, handMade, sha256 } from "../support/image-archive.ts";
import { ImageDocker } from "../support/image-docker.ts";

function batchOf(images: readonly HandMadeImage[]) {
  const engine = new ImageDocker();
  for (const image of images) engine.holdImage(image);
  const blobs = new BlobStore(temporaryFolder());
  const { signal } = new AbortController();
  return { engine, batch: new BatchedImages({ docker: async () => engine, blobs, signal }) };
}

const [first, second, third] = ["first", "second", "third"].map((name) =>
  handMade(name, ["a base", `of ${name}`]),
) as [HandMadeImage, HandMadeImage, HandMadeImage];

test("images that wait together are taken out by one request, each once", async () => {
  const { engine, batch } = batchOf([first, second, third]);
  const ids = [first.id, second.id, third.id, second.id];
  const contents = await Promise.all(ids.map((id) => batch.contentOf(id)));
  expect(contents.map(({ id }) => id)).toEqual(ids);
  expect(engine.saves).toEqual([[first.id], [second.id, third.id]]);
});

test("one that is gone keeps no other from being taken", async () => {
  const { batch } = batchOf([first, second]);
  const gone = sha256("gone");
  const found = await Promise.allSettled(
    [first.id, gone, second.id].map((id) => batch.contentOf(id)),
  );
  expect(found.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
});

test("once it is closed, what still waits is not taken out", async () => {
  const { engine, batch } = batchOf([first, second]);
  for (const { id } of [first, second]) void batch.contentOf(id);
  await batch.close();
  expect(engine.saves).toEqual([[first.id]]);
});
