/** Options that only one command has. */
import type { OptionDefinition } from "./option.ts";

/** How `tbuild graph` draws. */
const graphFormats = ["plain", "dot", "mermaid", "json", "svg"] as const;
export type GraphFormat = (typeof graphFormats)[number];

export const graphOptions: readonly OptionDefinition[] = [
  {
    name: "format",
    takes: "FORMAT",
    choices: graphFormats,
    help: "How to draw; plain if not given",
  },
];

/** How `tbuild inventory` shows, and whom it asks. */
const inventoryFormats = ["table", "json", "html"] as const;
export type InventoryFormat = (typeof inventoryFormats)[number];

export const inventoryOptions: readonly OptionDefinition[] = [
  {
    name: "format",
    takes: "FORMAT",
    choices: inventoryFormats,
    help: "How to show it; table if not given",
  },
  { name: "published", help: "Ask registries for their tags too" },
];

/** How `tbuild watch` notices changes. */
export const watchOptions: readonly OptionDefinition[] = [
  {
    name: "poll",
    takes: "SECONDS",
    help: "Look every so often, where the file system tells of no changes",
  },
];
