/** A room with the images of two targets, and what `save` makes of them. */
import { execFileSync } from "node:child_process";
import type { Digest } from "../../../src/model/artifact.ts";
import { handMade } from "../../support/image-archive.ts";
import { name, RuleRoom } from "./rule-room.ts";

export const base = "base ".repeat(500);
export const images = [name("web"), name("agent")];

export function newRoom(): RuleRoom {
  const room = new RuleRoom();
  hold(room, "web", ["shop/web:1", "shop/web:latest"]);
  hold(room, "agent", ["localhost:5000/shop/agent:5.1.0-1"]);
  return room;
}

export function hold(
  room: RuleRoom,
  target: string,
  references: readonly string[],
  version = 1,
): void {
  const image = handMade(
    `${target} ${version}`,
    [base, `layer of ${target} ${version}`],
    references,
  );
  room.docker.holdImage(image);
  room.made[target] = [{ kind: "image", digest: image.id, references }];
}

export const idOf = (room: RuleRoom, target: string) => room.made[target]?.[0]?.digest as Digest;

const tarOut = (file: string, entry: string): string =>
  execFileSync("tar", ["-xOf", file, entry], { encoding: "utf8" });

export const rowsIn = (room: RuleRoom, file: string): unknown =>
  JSON.parse(tarOut(`${room.root}/${file}`, "manifest.json"));

export const save = (room: RuleRoom, more: Readonly<Record<string, unknown>> = {}) =>
  room.act("save", { save: images, to: `${room.root}/dist`, ...more });
