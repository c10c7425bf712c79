import { readdirSync, utimesSync } from "node:fs";
import { text } from "node:stream/consumers";
import type { Digest } from "../../src/model/artifact.ts";
import { BlobStore } from "../../src/store/blob-store.ts";
import { temporaryFolder } from "../support/folder.ts";

const signal = new AbortController().signal;

async function* bytes(content: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(content);
}

/** A workspace in which earlier runs kept blobs of a thousand bytes, the first one longest ago. */
async function kept(letters: string) {
  const folder = temporaryFolder({});
  const store = new BlobStore(folder);
  const digests: Digest[] = [];
  for (const [index, letter] of [...letters].entries()) {
    const { digest } = await store.add(bytes(letter.repeat(1000)), signal);
    utimesSync(store.pathOf(digest), index, index);
    digests.push(digest);
  }
  return { folder, digests };
}

const lettersIn = async (store: BlobStore): Promise<string> => {
  const names = readdirSync(`${store.folder}/sha256`);
  const contents = names.map((name) => text(store.open(`sha256:${name}` as Digest)));
  return (await Promise.all(contents))
    .map((content) => content[0])
    .sort()
    .join("");
};

test("within the limit everything stays", async () => {
  const { folder } = await kept("abc");
  const store = new BlobStore(folder);
  store.bound(3000);
  expect(await lettersIn(store)).toBe("abc");
});

test("beyond the limit what was of use longest ago goes, and room is made for more", async () => {
  const { folder } = await kept("abcdefghij");
  const store = new BlobStore(folder);
  store.bound(8000);
  expect(await lettersIn(store)).toBe("efghij");
});

test("what this run wrote or read stays", async () => {
  const { folder, digests } = await kept("abcdefghij");
  const store = new BlobStore(folder);
  expect(await text(store.open(digests[0] as Digest))).toBe("a".repeat(1000));
  await store.add(bytes("k".repeat(1000)), signal);
  store.bound(2000);
  expect(await lettersIn(store)).toBe("ak");
});

test("a workspace without blobs is left alone", () => {
  const folder = temporaryFolder({});
  new BlobStore(folder).bound(1000);
  expect(readdirSync(folder)).toEqual([]);
});
