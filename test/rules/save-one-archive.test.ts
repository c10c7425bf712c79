import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { noteOf, problemOf, told } from "./support/rule-room.ts";
import { images, newRoom, rowsIn, save } from "./support/saved-images.ts";

describe("`save` to a name that is one of an archive", () => {
  test("all images go into one file, with its sum beside it", async () => {
    const room = newRoom();
    const outcome = await save(room, { to: `${room.root}/dist/shop.tar` });
    expect(told(outcome)).toEqual(["dist/shop.tar", "dist/shop.tar.json", "dist/shop.tar.sha256"]);
    expect(noteOf(outcome)).toBe("2 images in one archive: 15 kB written");
    expect(rowsIn(room, "dist/shop.tar")).toMatchObject([
      { RepoTags: ["shop/web:1", "shop/web:latest"] },
      { RepoTags: ["localhost:5000/shop/agent:5.1.0-1"] },
    ]);
    execFileSync("sha256sum", ["--check", "shop.tar.sha256"], {
      cwd: `${room.root}/dist`,
      stdio: "ignore",
    });
  });

  test("the name says the compression", async () => {
    const room = newRoom();
    await save(room, { to: `${room.root}/shop.tar.gz` });
    await save(room, { to: `${room.root}/shop.tar` });
    const unpacked = execFileSync("gunzip", ["-c", `${room.root}/shop.tar.gz`]);
    expect(unpacked.equals(readFileSync(`${room.root}/shop.tar`))).toBe(true);
  });

  test("a file of the same images is kept", async () => {
    const room = newRoom();
    const to = `${room.root}/shop.tar`;
    await save(room, { to });
    room.docker.saves.splice(0);
    await save(room, { to });
    expect(room.docker.saves).toEqual([]);
  });

  test("`compress` may say nothing else", () => {
    const room = newRoom();
    const check = (fields: Readonly<Record<string, unknown>>) =>
      room.check("save", { save: images, ...fields });
    expect(check({ to: "/x/shop.tar.gz", compress: "none" })).toEqual([
      "`compress: none` does not go with the name `shop.tar.gz`",
    ]);
    expect(check({ to: "/x/shop.tar.gz", format: "oci" })).toEqual([
      "the layers in `shop.tar.gz` are compressed, and `gzip` around them does nothing",
    ]);
    expect(check({ to: "/x/shop.tar", format: "oci", compress: "gzip" })).toEqual([]);
    expect(check({ to: "/x", compress: "zstd" })).toEqual([]);
  });
});

describe("`save` to standard output", () => {
  test("goes one archive of all", async () => {
    const room = newRoom();
    const chunks: Buffer[] = [];
    room.pipe.on("data", (chunk: Buffer) => chunks.push(chunk));
    const outcome = await save(room, { to: "-" });
    expect(told(outcome)).toEqual([]);
    expect(noteOf(outcome)).toBe("2 images written to standard output");
    await save(room, { to: `${room.root}/shop.tar` });
    expect(Buffer.concat(chunks).equals(readFileSync(`${room.root}/shop.tar`))).toBe(true);
  });

  test("a reader that ends is told", async () => {
    const room = newRoom();
    room.pipe.write = ((_: unknown, done: (error: Error) => void) => {
      done(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
    }) as never;
    expect(problemOf(await save(room, { to: "-" }))).toMatchObject({
      blame: "surroundings",
      message: "cannot write to standard output: whoever reads it ended",
    });
  });
});
