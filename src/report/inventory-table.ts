/** An inventory as a table of plain lines, and the words that all its forms share. */
import type { Inventory, InventoryImage } from "../model/inventory.ts";
import { shownAge, shownSource, totalsLine } from "../model/shown-inventory.ts";
import { bytes } from "../model/size.ts";
import type { Paint } from "./paint.ts";
import { columnsOf, pad } from "./width.ts";
import { duration } from "./wording.ts";

/** With a line of headings, and the totals below. */
export function inventoryLines(inventory: Inventory, paint: Paint): readonly string[] {
  const columns = columnsOfInventory(inventory);
  const cells = [
    columns.map(({ title }) => title),
    ...inventory.images.map((image) => columns.map(({ cell }) => cell(image))),
  ];
  const widths = columns.map((_, at) => Math.max(...cells.map((row) => columnsOf(row[at] ?? ""))));
  const lines = cells.map((row) =>
    row
      .map((cell, at) => pad(cell, widths[at] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  const [heading = "", ...rows] = lines;
  const painted = rows.map((line, at) =>
    inventory.images[at]?.managed === "manual" ? paint.warn(line) : line,
  );
  const table = rows.length > 0 ? [paint.dim(heading), ...painted, ""] : [];
  return [...table, paint.strong(totalsLine(inventory.totals))];
}

interface Column {
  readonly title: string;
  readonly cell: (image: InventoryImage) => string;
}

/** The same in each form; where registries were asked, there is one more. */
export function columnsOfInventory({ at, images }: Inventory): readonly Column[] {
  const age = ({ created }: InventoryImage) =>
    created === undefined ? none : shownAge(Date.parse(at) - Date.parse(created));
  const published: Column = {
    title: "in registries",
    cell: (image) => (image.published ?? []).map(publishedCell).join("; ") || none,
  };
  return [
    { title: "image", cell: ({ image }) => image },
    { title: "managed", cell: ({ managed }) => managed },
    { title: "source", cell: ({ sources }) => sources.map(shownSource).join(", ") || none },
    { title: "last build", cell: lastBuildCell },
    { title: "tags", cell: ({ tags }) => shownTags(tags) },
    ...(images.some((image) => image.published) ? [published] : []),
    { title: "age", cell: age },
    { title: "size", cell: ({ size }) => (size === undefined ? none : bytes(size)) },
  ];
}

const none = "-";

function lastBuildCell({ lastBuild }: InventoryImage): string {
  if (lastBuild === undefined) return none;
  return `${lastBuild.at.slice(0, 16).replace("T", " ")} (${duration(lastBuild.seconds)})`;
}

function publishedCell({ repository, tags }: { repository: string; tags: readonly string[] }) {
  return `${repository} ${shownTags(tags)}`;
}

const mostTags = 3;

function shownTags(tags: readonly string[]): string {
  const more = tags.length > mostTags ? ` +${tags.length - mostTags}` : "";
  return tags.length === 0 ? none : `${tags.slice(0, mostTags).join(" ")}${more}`;
}
