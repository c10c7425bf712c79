/** Names that a target has by default for what it makes: its own folder and its image. Pure text. */
import { safeFileName } from "../model/file-name.ts";
import type { Target, TargetName } from "../model/target.ts";

/** Path relative to the workspace of something that a target makes and that its keys give no place. */
export const ownOutput = (target: Target, name: string): string =>
  `${ownOutputFolder(target.name)}/${name}`;

/** Folder of a target's own, relative to the workspace; two targets never share one. */
export function ownOutputFolder(name: TargetName): string {
  return `.tbuild/out/${safeFileName(name)}`;
}

/** Tag of an image whose target names none: `images[agent]` is `images-agent:latest`. */
export function ownReference(target: Target): string {
  const parts = target.name.toLowerCase().split("/");
  const legal = parts.map((part) =>
    part
      .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, "")
      // Between letters and digits a name may have these, and nothing else.
      .replace(/[^a-z0-9]+/g, (between) => (/^(\.|_|__|-+)$/.test(between) ? between : "-")),
  );
  return `${legal.filter((part) => part !== "").join("/") || "image"}:latest`;
}
