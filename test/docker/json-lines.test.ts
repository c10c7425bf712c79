/** Holds the JSON lines decoder to what it promises about cut, odd and broken lines. */
import { decodeJsonLines, decodeLines } from "../../src/docker/json-lines.ts";

async function* cutInto(size: number, text: string): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

test.each([1, 2, 3, 5, 1000])(
  "text cut every %i bytes keeps its characters whole",
  async (size) => {
    const text = '{"status":"häßlich 漢字 🐳"}\n{"status":"two"}\n';
    const values = await collect(decodeJsonLines(cutInto(size, text)));
    expect(values).toEqual([{ status: "häßlich 漢字 🐳" }, { status: "two" }]);
  },
);

test("empty lines and lines that are not JSON are passed over", async () => {
  const text = '\r\n{"a":1}\r\n<html>proxy</html>\n\n{"a":2}\n';
  expect(await collect(decodeJsonLines(cutInto(4, text)))).toEqual([{ a: 1 }, { a: 2 }]);
});

test("a last line without its end counts", async () => {
  expect(await collect(decodeJsonLines(cutInto(3, '{"a":1}\n{"a":2}')))).toEqual([
    { a: 1 },
    { a: 2 },
  ]);
});

test("a value is given on before the stream goes on", async () => {
  async function* endless(): AsyncGenerator<Buffer> {
    yield Buffer.from('{"first":true}\n{"sec');
    await new Promise(() => undefined);
  }
  const values = decodeJsonLines(endless());
  expect((await values.next()).value).toEqual({ first: true });
});

test("lines are given without their ends, empty ones among them", async () => {
  expect(await collect(decodeLines(cutInto(2, "one\r\n\ntwo\nthree")))).toEqual([
    "one",
    "",
    "two",
    "three",
  ]);
});
