import { bytes, exactSize, parseSize } from "../../src/model/size.ts";

test.each([
  ["200 MB", 200_000_000],
  ["200MB", 200_000_000],
  ["1.5 GB", 1_500_000_000],
  ["20 tb", 20_000_000_000_000],
  ["64 kB", 64_000],
  ["1 KiB", 1024],
  ["2 GiB", 2 * 1024 ** 3],
  ["512 B", 512],
])("%s is a size", (text, size) => {
  expect(parseSize(text)).toBe(size);
});

test.each([
  "",
  "200",
  "MB",
  "1e3 MB",
  "-1 MB",
  "1,5 GB",
  "200 M",
  "20 iB",
  "5 XB",
  "1  GB",
  "1 GB ",
])("`%s` is no size", (text) => {
  expect(parseSize(text)).toBeUndefined();
});

test("a size that was chosen reads as it was chosen, one that was found is rounded", () => {
  const sizes = [0, 999, 1000, 12_345, 64_000_000, 1_500_000_000];
  expect(sizes.map(exactSize)).toEqual(["0 B", "999 B", "1 kB", "12.345 kB", "64 MB", "1.5 GB"]);
  expect(sizes.map(bytes)).toEqual(["0 B", "999 B", "1.0 kB", "12 kB", "64 MB", "1.5 GB"]);
});
