/** Reads how an image is managed. What follows from it is told by the inventory. */
import { type Managed, managedWays } from "../../model/inventory.ts";
import * as problems from "../problems/problems.ts";
import { type MapNode, valueAt } from "../yaml/node.ts";
import { type Kind, placeOf, type Reader, wrong } from "./reader.ts";

export function readManaged(
  reader: Reader,
  node: MapNode,
  kind: Kind | undefined,
): Managed | undefined {
  const given = valueAt(node, "managed");
  if (given === undefined) return undefined;
  const at = placeOf(reader, given);
  if (!kind?.image) {
    const kinds = reader.kinds.filter(({ image }) => image).map((each) => each.kind);
    reader.problems.push(problems.managedWithoutImage(kinds, at));
    return undefined;
  }
  const shown = managedWays.map((way) => `\`${way}\``).join(", ");
  if (given.kind !== "scalar") return wrong(reader, "`managed`", `one of ${shown}`, given);
  const found = managedWays.find((way) => way === given.text);
  if (!found) reader.problems.push(problems.notAChoice("`managed`", given.text, managedWays, at));
  return found;
}
