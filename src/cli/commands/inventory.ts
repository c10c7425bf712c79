/** `tbuild inventory [targets…]`: every image that the target file knows, on standard output. Makes nothing. */
import { heldImages } from "../../engine/held-images.ts";
import { type KnownImage, knownImages } from "../../engine/inventory.ts";
import { graphOf } from "../../engine/plan/draw-graph.ts";
import { pushedRepositories } from "../../engine/pushed-repositories.ts";
import { type InventoryFormat, inventoryOptions } from "../../model/command-options.ts";
import { type Diagnostic, DiagnosticError } from "../../model/diagnostic.ts";
import {
  type Inventory,
  type InventoryImage,
  inventoryFormat,
  totalsOf,
} from "../../model/inventory.ts";
import { loadPaint, wantsColours } from "../../report/paint.ts";
import { Redactor } from "../../report/redact.ts";
import { LazyEngine } from "../lazy-engine.ts";
import { type Prepared, prepare, type TargetRequest } from "../prepare.ts";
import { type Published, publishedImage } from "../published-images.ts";
import { accessOf } from "../registry-access.ts";
import { showProblems, showWarnings } from "../show-problems.ts";
import type { Surroundings } from "../surroundings.ts";

/** @returns the exit code */
export async function runInventory(request: TargetRequest, place: Surroundings): Promise<number> {
  const { log } = request.common;
  const prepared = await prepare(request, place, {
    ownOptions: inventoryOptions,
    everything: true,
    asksNobody: true,
  });
  if (!prepared.ok) return showProblems({ ...prepared, log }, place);
  const { project, root, wanted, own } = prepared;
  const graph = graphOf(project);
  if (!graph.ok) return showProblems({ ...graph, root, log }, place);
  const known = knownImages(graph.value, wanted);
  const held = await heldInEngine(known, place);
  try {
    const published = own.has("published")
      ? await publishedOf(known, { request, prepared, place })
      : new Map<KnownImage, Published>();
    const images = known.map((each) => rowOf(each, held.images.get(each), published.get(each)));
    await write({ project: project.name, images, engine: held.problem === undefined }, prepared, {
      request,
      place,
    });
  } catch (error) {
    if (place.signal.aborted) return 130;
    if (!(error instanceof DiagnosticError)) throw error;
    return await showProblems({ problems: [error.diagnostic], root, log }, place);
  }
  if (held.problem) await showWarnings({ problems: [held.problem], root, log }, place);
  return 0;
}

interface Held {
  readonly images: ReturnType<typeof heldImages>;
  /** Why the engine could not be asked. */
  readonly problem?: Diagnostic;
}

/** What the target file and the traces tell is worth something without an engine too. */
async function heldInEngine(known: readonly KnownImage[], place: Surroundings): Promise<Held> {
  const engine = new LazyEngine(place);
  try {
    return { images: heldImages(known, await (await engine.connect()).images()) };
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    const { message, ...problem } = error.diagnostic;
    const left = "tags in the engine, ages and sizes are left out";
    return { images: new Map(), problem: { ...problem, message: `${message}: ${left}` } };
  } finally {
    await engine.close();
  }
}

interface Tools {
  readonly request: TargetRequest;
  readonly place: Surroundings;
}

async function publishedOf(
  known: readonly KnownImage[],
  { request, prepared, place }: Tools & { readonly prepared: Prepared & { readonly ok: true } },
): Promise<ReadonlyMap<KnownImage, Published>> {
  const { project } = prepared;
  const access = accessOf(project.registries, request.common, place.environment);
  const repositories = pushedRepositories(project);
  const found = await Promise.all(
    known.map(async (each) => {
      const own = repositories.get(each.image.target) ?? [];
      return [each, await publishedImage(each, own, access, place.signal)] as const;
    }),
  );
  return new Map(found);
}

const rowOf = (
  { image }: KnownImage,
  held: ReturnType<Held["images"]["get"]>,
  published: Published | undefined,
): InventoryImage => ({ ...image, ...published, ...held });

async function write(
  { project, images, engine }: Pick<Inventory, "project" | "images" | "engine">,
  { own, project: { secrets } }: Prepared & { readonly ok: true },
  { request, place }: Tools,
): Promise<void> {
  const inventory: Inventory = {
    kind: "inventory",
    format: inventoryFormat,
    project,
    at: new Date().toISOString(),
    engine,
    totals: totalsOf(images),
    images,
  };
  const byLog = request.common.log === "json" ? "json" : "table";
  const format = (own.get("format") ?? byLog) as InventoryFormat;
  place.out.write(new Redactor(secrets.values()).text(await shown(inventory, format, place)));
}

async function shown(
  inventory: Inventory,
  format: InventoryFormat,
  { out, environment }: Surroundings,
): Promise<string> {
  switch (format) {
    case "table": {
      const { inventoryLines } = await import("../../report/inventory-table.ts");
      const paint = await loadPaint(wantsColours(environment, out.isTTY === true));
      return `${inventoryLines(inventory, paint).join("\n")}\n`;
    }
    case "json":
      return `${JSON.stringify(inventory, null, 2)}\n`;
    case "html":
      return (await import("../../report/inventory-html.ts")).inventoryHtml(inventory);
  }
}
