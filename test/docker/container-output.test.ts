/** Holds what comes out of containers to its promises: whole lines, and archives that cannot escape. */
import { outputDemultiplexer } from "../../src/docker/containers.ts";
import { unsafeEntry } from "../../src/docker/output-entries.ts";

function frame(stream: number, text: string | Buffer): Buffer {
  const body = Buffer.from(text as string);
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(body.length, 4);
  return Buffer.concat([header, body]);
}

test.each([1, 3, 7, 8, 9, 1000])("frames cut every %i bytes give whole lines", (size) => {
  const whale = Buffer.from("one 🐳\n");
  const bytes = Buffer.concat([
    frame(1, whale.subarray(0, 6)),
    frame(2, "problem\r\n"),
    frame(1, ""),
    frame(1, whale.subarray(6)),
    frame(1, "no end"),
  ]);
  const lines: string[] = [];
  const { write, end } = outputDemultiplexer((line) => lines.push(line));
  for (let at = 0; at < bytes.length; at += size) write(bytes.subarray(at, at + size));
  end();
  expect(lines).toEqual(["problem", "one 🐳", "no end"]);
});

describe("an output may hold", () => {
  test.each([
    ["a link beside it", "lib/libz.so", "libz.so.1"],
    ["a link that climbs within the outputs", "lib/bin/cc", "../../bin/gcc"],
    ["a link to the folder itself", "lib/here", "."],
  ])("%s", (_, path, linkpath) => {
    expect(unsafeEntry({ path, type: "SymbolicLink", linkpath }, "out/lib")).toBeUndefined();
  });

  test("a hard link inside of it", () => {
    const entry = { path: "lib/b", type: "Link", linkpath: "lib/a" };
    expect(unsafeEntry(entry, "out/lib")).toBeUndefined();
  });

  test("files, without rights that nobody here should get", () => {
    const entry = { path: "lib/su", type: "File", mode: 0o4055 };
    expect(unsafeEntry(entry, "out/lib")).toBeUndefined();
    expect(entry.mode).toBe(0o455);
  });

  test("folders that its owner may enter", () => {
    const entry = { path: "lib/", type: "Directory", mode: 0o2050 };
    expect(unsafeEntry(entry, "out/lib")).toBeUndefined();
    expect(entry.mode).toBe(0o750);
  });
});

describe("an output may not hold", () => {
  test.each([
    ["an absolute link", "lib/x", "/etc/passwd"],
    ["a link that climbs out", "lib/x", "../../../x"],
    ["a link that climbs after it descended", "lib/x", "a/b/../../../.."],
    ["a link that climbs through another one", "lib/x", "deep/../y"],
  ])("%s", (_, path, linkpath) => {
    expect(unsafeEntry({ path, type: "SymbolicLink", linkpath }, "out/lib")).toBe(
      `holds \`out/${path}\`, a link to \`${linkpath}\`, which may lead outside`,
    );
  });

  test.each(["../x", "/etc/x", "lib/../../x", ""])("the path `%s`", (path) => {
    expect(unsafeEntry({ path, type: "File" }, "out/lib")).toBe(
      `holds \`${path}\`, a path outside of it`,
    );
  });

  test("a hard link to a path outside", () => {
    expect(unsafeEntry({ path: "lib/x", type: "Link", linkpath: "../x" }, "out/lib")).toBe(
      "holds `out/lib/x`, a hard link to `../x`, outside of it",
    );
  });

  test.each(["CharacterDevice", "BlockDevice", "FIFO"])("a %s", (type) => {
    expect(unsafeEntry({ path: "lib/x", type }, "out/lib")).toBe(
      "holds `out/lib/x`, which is neither a file nor a folder nor a link",
    );
  });
});
