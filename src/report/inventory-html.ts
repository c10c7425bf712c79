/** An inventory as one HTML page that needs nothing else: no script, no other file. */
import type { Inventory, InventoryImage } from "../model/inventory.ts";
import { totalsLine } from "../model/shown-inventory.ts";
import { columnsOfInventory } from "./inventory-table.ts";
import { element } from "./xml.ts";

export function inventoryHtml(inventory: Inventory): string {
  const { project, at, totals, images } = inventory;
  const title = `Images of ${project}`;
  const manual = images.filter(({ managed }) => managed === "manual");
  const body = [
    element("h1", {}, title),
    element("p", {}, `${totalsLine(totals)}. Taken ${at.slice(0, 16).replace("T", " ")} UTC.`),
    ...(manual.length > 0 ? [debt(manual)] : []),
    element("div", { class: "wide", tabindex: 0, role: "region", "aria-label": title }, [
      table(inventory),
    ]),
  ];
  const head = [
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    element("title", {}, title),
    `<style>\n${style}</style>`,
  ];
  const page = element("html", { lang: "en" }, [
    element("head", {}, head),
    element("body", {}, [element("main", {}, body)]),
  ]);
  return `<!DOCTYPE html>\n${page}\n`;
}

/** What nobody can repeat comes first. */
const debt = (manual: readonly InventoryImage[]): string =>
  element("section", { class: "debt", "aria-labelledby": "debt" }, [
    element("h2", { id: "debt" }, "Built by hand"),
    element("ul", {}, [
      ...manual.map(({ image, help }) =>
        element("li", {}, help === undefined ? image : `${image}: ${help}`),
      ),
    ]),
  ]);

function table(inventory: Inventory): string {
  const columns = columnsOfInventory(inventory);
  const headings = columns.map(({ title }) => element("th", { scope: "col" }, title));
  const rows = inventory.images.map((image) => {
    const [first, ...others] = columns.map(({ cell }) => cell(image));
    const cells = others.map((cell) => element("td", {}, cell));
    return element("tr", { class: image.managed, title: image.help }, [
      element("th", { scope: "row" }, first ?? ""),
      ...cells,
    ]);
  });
  return element("table", {}, [
    element("caption", {}, "Every image that the target file knows"),
    element("thead", {}, [element("tr", {}, headings)]),
    element("tbody", {}, rows.length > 0 ? rows : ["<!-- none -->"]),
  ]);
}

/** `light-dark` is not known everywhere yet. */
const style = `:root { --text: #1b1b1b; --back: #fff; --line: #c8c8c8; --head: #f2f2f2; --debt: #8a1f11; --debt-back: #fdecea; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6e6e6; --back: #161616; --line: #444; --head: #242424; --debt: #ffb4a8; --debt-back: #3a1512; }
}
body { margin: 2rem; font: 1rem/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.9rem; }
caption { text-align: left; padding-bottom: 0.5rem; }
th, td { padding: 0.35rem 0.7rem; border: 1px solid var(--line); text-align: left; vertical-align: top; }
thead th { background: var(--head); }
tbody th { font-weight: 600; }
tr.manual > * { background: var(--debt-back); color: var(--debt); }
.debt { border-left: 0.3rem solid var(--debt); padding: 0.1rem 1rem; background: var(--debt-back); color: var(--debt); }
`;
