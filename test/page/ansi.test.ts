import { piecesOf as piecesFrom, textOf } from "../../src/page/log/ansi.ts";
import { changedLook, lookAfter, plain, type Rgb } from "../../src/page/log/look.ts";
import { contrast, readable } from "../../src/page/log/readable.ts";

const esc = "\u001b";
const piecesOf = (line: string) => piecesFrom(line, plain);

test("a line without escape sequences is one piece", () => {
  expect(piecesOf("plain <b>text</b>")).toEqual([{ text: "plain <b>text</b>", classes: "" }]);
});

test.each([
  [`${esc}[31mred${esc}[0m`, [["red", "ansi-1"]]],
  [
    `a${esc}[1;4;92mb${esc}[22;24mc${esc}[39md`,
    [
      ["a", ""],
      ["b", "ansi-bold ansi-underlined ansi-10"],
      ["c", "ansi-10"],
      ["d", ""],
    ],
  ],
  [`${esc}[mnone`, [["none", ""]]],
  [`${esc}[7minverse${esc}[27m`, [["inverse", "ansi-inverse"]]],
  [
    `${esc}[4:3mcurly${esc}[4:0mplain`,
    [
      ["curly", "ansi-underlined"],
      ["plain", ""],
    ],
  ],
  [`${esc}[9;53mstruck`, [["struck", "ansi-overlined ansi-struck"]]],
  [`${esc}[4;58;5;9mline below in red`, [["line below in red", "ansi-underlined"]]],
])("%j has its looks", (line, pieces) => {
  expect(piecesOf(line).map(({ text, classes }) => [text, classes])).toEqual(pieces);
});

test.each([
  [`${esc}]0;a title\u0007text`, "text"],
  [`${esc}]8;;https://example.org${esc}\\link${esc}]8;;${esc}\\`, "link"],
  [`${esc}[2K${esc}[1Gdone`, "done"],
  ["10%\r50%\r100%\r", "100%"],
  ["a\u202eb\u0000c\td", "abc    d"],
  [`cut off ${esc}[3`, "cut off [3"],
])("of %j what is seen stays", (line, text) => {
  expect(textOf(line)).toBe(text);
  expect(
    piecesOf(line)
      .map((piece) => piece.text)
      .join(""),
  ).toBe(text);
});

test.each([
  ["38;5;9", { kind: "named", index: 9 }],
  ["38;5;208", { kind: "exact", rgb: [255, 135, 0] }],
  ["38:5:208", { kind: "exact", rgb: [255, 135, 0] }],
  ["38;5;232", { kind: "exact", rgb: [8, 8, 8] }],
  ["38;5;255", { kind: "exact", rgb: [238, 238, 238] }],
  ["38;2;1;2;3", { kind: "exact", rgb: [1, 2, 3] }],
  ["38:2:1:2:3", { kind: "exact", rgb: [1, 2, 3] }],
  ["38:2::1:2:3", { kind: "exact", rgb: [1, 2, 3] }],
  ["38;2;999;;3", { kind: "exact", rgb: [255, 0, 3] }],
  ["38;5;208;39", undefined],
])("%s says which colour of all is meant", (codes, colour) => {
  expect(changedLook(plain, codes)).toEqual({ ...plain, colour });
});

test("what follows a wide colour counts too", () => {
  const ground = { kind: "exact", rgb: [1, 2, 3] };
  expect(changedLook(plain, "1;48;2;1;2;3;4")).toEqual({
    ...plain,
    ground,
    bold: true,
    underlined: true,
  });
});

test("a colour that can be read is shown as it is, another one as near as it can be read", () => {
  const [piece] = piecesOf(`${esc}[38;5;208morange`);
  expect(piece).toEqual({
    text: "orange",
    classes: "ansi-ink",
    inks: { "--ink": "#b35f00", "--ink-dark": "#ff8700" },
  });
});

test("a ground has the colour that was meant, and text on it can be read", () => {
  const [piece] = piecesOf(`${esc}[30;48;2;20;20;60mnight`);
  expect(piece).toEqual({
    text: "night",
    classes: "ansi-ink ansi-ground",
    inks: {
      "--ink": "#8c8c8c",
      "--ink-dark": "#8c8c8c",
      "--on": "#14143c",
      "--on-dark": "#14143c",
    },
  });
});

test("an inverse colour is the ground of its text", () => {
  const [piece] = piecesOf(`${esc}[38;2;255;255;0;7mbar`);
  expect(piece?.inks).toMatchObject({
    "--on": "#ffff00",
    "--on-dark": "#ffff00",
    "--ink-dark": "#14171c",
  });
});

test("every colour stands out on every ground", () => {
  const levels = [0, 64, 128, 192, 255];
  const all = levels.flatMap((red) =>
    levels.flatMap((green) => levels.map((blue): Rgb => [red, green, blue])),
  );
  const worst = all.flatMap((on) => all.map((ink) => contrast(readable(ink, on), on)));
  expect(worst.reduce((a, b) => Math.min(a, b))).toBeGreaterThanOrEqual(4.5);
});

test("a look goes on until it is ended, over lines and returns", () => {
  const look = lookAfter(plain, `a${esc}[0mb${esc}[1;31mc\nd${esc}[22m`);
  expect(look).toEqual({ ...plain, colour: { kind: "named", index: 1 } });
  expect(piecesFrom("still red", look)).toEqual([{ text: "still red", classes: "ansi-1" }]);
  expect(piecesFrom(`${esc}[32m10%\r20%`, look)).toEqual([{ text: "20%", classes: "ansi-2" }]);
  expect(lookAfter(look, `${esc}[m`)).toEqual(plain);
});
