/** The JSON Schema of `tbuild inventory --format json`, checked against the types of the inventory. */
import {
  type ImageSource,
  type Inventory,
  type InventoryImage,
  type InventoryTotals,
  inventoryFormat,
  managedWays,
  type PublishedTags,
} from "../model/inventory.ts";
import {
  constant,
  described,
  flag,
  list,
  mapping,
  oneOf,
  optional,
  type Schema,
  seconds,
  text,
  union,
  whole,
} from "./typed-schema.ts";

const time = described("UTC, in ISO 8601", text);

const source = union<ImageSource>({
  git: {
    url: text,
    ref: optional(described("Commit, tag or branch that the target file names", text)),
    commit: optional(described("Of the checkout that was made last", text)),
  },
  folder: { path: described("From the workspace", text) },
});

const image = mapping<InventoryImage>({
  image: described("Name without a tag; that of the target where it is not known", text),
  target: text,
  managed: oneOf(...managedWays),
  help: optional(text),
  sources: list(source),
  lastBuild: optional(mapping<NonNullable<InventoryImage["lastBuild"]>>({ at: time, seconds })),
  tags: described("In the engine, the newest first", list(text)),
  published: optional(
    described(
      "In registries; only with `--published`",
      list(mapping<PublishedTags>({ repository: text, tags: list(text) })),
    ),
  ),
  created: optional(time),
  size: optional(described("Bytes", whole)),
});

/** Draft 7, as that of target files. */
export const inventorySchema = (): Schema => ({
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "An inventory of tbuild",
  description: "Readers pass over keys that they do not know.",
  ...mapping<Inventory>({
    kind: constant("inventory"),
    format: described(
      "Raised when readers of the earlier form would go wrong",
      constant(inventoryFormat),
    ),
    project: text,
    at: time,
    engine: described("Whether the engine could be asked", flag),
    totals: mapping<InventoryTotals>({
      images: whole,
      automatic: whole,
      make: whole,
      manual: whole,
    }),
    images: described("In the order of the target file", list(image)),
  }).schema,
});
