import { declaresGlobal, imagesOf, parseDockerfile } from "../../src/rules/image/dockerfile.ts";
import { readInstructions } from "../../src/rules/image/dockerfile-instructions.ts";
import { expandVariables } from "../../src/rules/variables.ts";

const images = (text: string, args: Record<string, string> = {}, stage?: string) =>
  imagesOf(parseDockerfile(text), args, stage);

describe("the images that a Dockerfile needs", () => {
  test("are those of FROM, COPY --from and RUN --mount", () => {
    const text = [
      "FROM shop/base:1 AS build",
      "COPY --from=shop/tools --chown=1:1 /x /x",
      "RUN --mount=type=cache,target=/c --mount=type=bind,from=shop/data:2,target=/d make",
    ].join("\n");
    expect(images(text)).toEqual(["shop/base:1", "shop/tools:latest", "shop/data:2"]);
  });

  test("leave out stages, by name in any case and by number, and scratch", () => {
    const text = [
      "FROM debian AS Build",
      "FROM scratch",
      "COPY --from=build /a /a",
      "COPY --from=0 /b /b",
      "RUN --mount=from=BUILD true",
    ].join("\n");
    expect(images(text)).toEqual(["debian:latest"]);
  });

  test("may have the name of a stage that comes later", () => {
    expect(images("FROM base\nFROM other AS base", {}, "0")).toEqual(["base:latest"]);
  });

  test("are only those that the wanted stage needs", () => {
    const text = "FROM a AS one\nFROM b AS two\nCOPY --from=one /x /x\nFROM c AS three";
    expect(images(text)).toEqual(["c:latest"]);
    expect(images(text, {}, "TWO")).toEqual(["b:latest", "a:latest"]);
    expect(images(text, {}, "0")).toEqual(["a:latest"]);
  });

  test("are all of them when the stage is unknown: the build tells that", () => {
    expect(images("FROM a\nFROM b", {}, "nine")).toEqual(["a:latest", "b:latest"]);
  });

  test("come from arguments and their defaults, given ones first", () => {
    const text =
      'ARG OS=bookworm TAG="${OS}-slim"\nARG BASE=debian:$TAG\nFROM --platform=$BUILDPLATFORM ${BASE}';
    expect(images(text)).toEqual(["debian:bookworm-slim"]);
    expect(images(text, { OS: "trixie" })).toEqual(["debian:trixie-slim"]);
  });

  test("do not come from arguments that the Dockerfile does not declare before FROM", () => {
    expect(images("FROM debian:${X:-12}\nARG X=13", { X: "14" })).toEqual(["debian:12"]);
  });

  test("cannot be told from what only the build knows", () => {
    expect(images("FROM app-${TARGETARCH}\nCOPY --from=$X /a /a")).toEqual([]);
    const base = parseDockerfile("ARG BASE=debian\nFROM $BASE");
    expect(imagesOf(base, {}, undefined, new Set(["BASE"]))).toEqual([]);
  });

  test("are not looked for in heredocs, comments and arguments of commands", () => {
    const text = [
      "FROM a",
      "RUN <<EOF cat >x <<-'TWO'",
      "FROM b",
      "EOF",
      "FROM c",
      "\tTWO",
      "# FROM d",
      "COPY <<EOF /x",
      "FROM e",
      "EOF",
      'RUN echo "<<EOF" --mount=from=f',
      "CMD true",
    ].join("\n");
    expect(images(text)).toEqual(["a:latest"]);
  });

  test("are found over continued lines, with comments in between", () => {
    const text = "FROM \\\n  # not here\n\n  a \\  \n  AS one\nCOPY \\\n--from=b /x \\\n /y\n";
    expect(images(text)).toEqual(["a:latest", "b:latest"]);
  });

  test("are found where another escape character is set", () => {
    const text =
      "# syntax=docker/dockerfile:1\n# escape=`\nFROM `\n a\nCOPY --from=b C:\\ C:\\x\\\nRUN true";
    expect(images(text)).toEqual(["a:latest", "b:latest", "docker/dockerfile:1"]);
  });

  test("are found in a file of Windows lines that begins with a byte order mark", () => {
    expect(images("\uFEFFfrom a as x\r\ncopy --from=b /x /y\r\n")).toEqual([
      "a:latest",
      "b:latest",
    ]);
  });

  test("are none where there is no FROM", () => {
    expect(images("")).toEqual([]);
    expect(images("RUN true")).toEqual([]);
  });
});

test("an ARG counts for FROM only before the first one", () => {
  expect(declaresGlobal(parseDockerfile("ARG BASE\nFROM $BASE"), "BASE")).toBe(true);
  expect(declaresGlobal(parseDockerfile("FROM a\nARG BASE"), "BASE")).toBe(false);
});

test("a heredoc that never ends swallows nothing", () => {
  const found = readInstructions("RUN <<EOF\nfrom here");
  expect(found.map(({ keyword }) => keyword)).toEqual(["RUN", "FROM"]);
});

test.each([
  ["$A", "1"],
  ["${A}x", "1x"],
  ["${U:-${A}2}", "12"],
  ["${E:-d}", "d"],
  ["${A:+yes}", "yes"],
  ["${E:+yes}", ""],
  ["${A:?gone}", "1"],
  ["\\$A", "$A"],
  ["$", "$"],
  ["${A", "${A"],
  ["${A%x}", undefined],
  ["$K", undefined],
])("%s stands for %p", (word, value) => {
  const values: Record<string, string | undefined> = { A: "1", E: "", K: undefined };
  expect(expandVariables(word, (name) => (name in values ? values[name] : ""))).toBe(value);
});
