import { randomBytes } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { compress, compressionOf, decompress, hasZstd } from "../../src/store/compress.ts";
import { arriving } from "../support/image-archive.ts";

async function bytesOf(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Several pieces, of which some can be made smaller. */
const large = Buffer.concat([
  randomBytes(700_000),
  Buffer.alloc(1_500_000, "text "),
  randomBytes(9),
]);

test.each([0, 1, 32_768, 1_048_575, 1_048_576, 1_048_577, large.length])(
  "%p bytes come back as they were",
  async (length) => {
    const bytes = large.subarray(0, length);
    const packed = await bytesOf(compress(arriving(bytes, 100_000), "gzip"));
    expect(gunzipSync(packed).equals(bytes)).toBe(true);
    expect(compressionOf(packed)).toBe("gzip");
    const unpacked = await bytesOf(decompress(arriving(packed, 10_000), "gzip"));
    expect(unpacked.equals(bytes)).toBe(true);
  },
);

test("bytes that cannot be made smaller are stored as they are, between others that can", async () => {
  const text = Buffer.alloc(1 << 20, "text ");
  const dense = randomBytes(2 << 20);
  const bytes = Buffer.concat([text, dense, text]);
  const packed = await bytesOf(compress(arriving(bytes, 100_000), "gzip"));
  expect(gunzipSync(packed).equals(bytes)).toBe(true);
  expect(packed.includes(dense.subarray(1000, 1100))).toBe(true);
  expect(packed.length).toBeLessThan(dense.length + 20_000);
});

test("the same bytes come out however they arrive", async () => {
  const [whole, pieces] = await Promise.all([
    bytesOf(compress(arriving(large, large.length), "gzip")),
    bytesOf(compress(arriving(large, 777), "gzip")),
  ]);
  expect(whole.equals(pieces)).toBe(true);
});

test("compressed parts behind each other are one compressed whole", async () => {
  const parts = await Promise.all(
    ["one ", "", "two"].map((text) => bytesOf(compress(arriving(Buffer.from(text)), "gzip"))),
  );
  const unpacked = await bytesOf(decompress(arriving(Buffer.concat(parts), 5), "gzip"));
  expect(unpacked.toString()).toBe("one two");
});

test("what comes in broken goes out as an error", async () => {
  const packed = await bytesOf(compress(arriving(large), "gzip"));
  await expect(bytesOf(decompress(arriving(packed.subarray(0, -8)), "gzip"))).rejects.toThrow(
    "unexpected end of file",
  );
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield large;
    throw new Error("the disk broke");
  }
  await expect(bytesOf(compress(failing(), "gzip"))).rejects.toThrow("the disk broke");
  await expect(bytesOf(decompress(failing(), "gzip"))).rejects.toThrow();
});

(hasZstd() ? test : test.skip)("zstd does the same where the runtime has it", async () => {
  const packed = await bytesOf(compress(arriving(large), "zstd"));
  expect(compressionOf(packed)).toBe("zstd");
  expect((await bytesOf(decompress(arriving(packed), "zstd"))).equals(large)).toBe(true);
});
