import { piecesOf, textOf } from "../../src/page/log/ansi.ts";

const esc = "\u001b";

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
  [
    `${esc}[38;5;196mpalette${esc}[48;5;4mground`,
    [
      ["palette", "ansi-9"],
      ["ground", "ansi-9 ansi-on-4"],
    ],
  ],
  [`${esc}[38;2;0;120;0mtrue colour`, [["true colour", "ansi-2"]]],
  [`${esc}[7minverse${esc}[27m`, [["inverse", "ansi-inverse"]]],
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
