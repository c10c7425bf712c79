import { againCommand } from "../../src/cli/again.ts";
import { fleetDeclaration } from "./fleet.ts";

const declaration = fleetDeclaration();
const again = (target: string, ...argv: string[]) => againCommand(target, argv, declaration);

test("the command names the one target, quoted for the shell", () => {
  expect(again("page[left]", "all", "notes")).toBe("tbuild 'page[left]'");
});

test("options that change what is built are kept, and those that only change the run are not", () => {
  expect(
    again("page[left]", "-C", "sub dir", "--os", "trixie", "-j4", "all", "--force", "--docs", "-n"),
  ).toBe("tbuild 'page[left]' -C 'sub dir' --os trixie --docs");
});

test("options that would be refused for the one target are left out", () => {
  expect(again("notes", "--version", "2", "--os", "trixie")).toBe("tbuild notes --version 2");
});

test("an alternative is made by way of its target", () => {
  expect(again("given#1", "--packages=-x")).toBe("tbuild given --packages=-x");
});
