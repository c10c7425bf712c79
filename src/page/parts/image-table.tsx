/** Images of branches as a table: who sees to each, where it comes from, and when it was built. Loads nothing. */
import { useState } from "preact/hooks";
import { type InventoryImage, type Managed, managedWays, totalsOf } from "../../model/inventory.ts";
import { duration } from "../../model/shown-duration.ts";
import { managedWords, shownAge, shownSource, totalsLine } from "../../model/shown-inventory.ts";
import { bytes } from "../../model/size.ts";
import type { BranchInventory } from "../../server/records/branch-inventory.ts";
import { paths } from "../routes.ts";
import { Choice } from "./choice.tsx";
import { Ago, Commit } from "./words.tsx";

interface ImageTableProps {
  readonly inventories: readonly BranchInventory[];
  readonly now: number;
}

/** As many as are shown at once. */
const step = 300;

export function ImageTable({ inventories, now }: ImageTableProps) {
  const [wanted, setWanted] = useState("");
  const [managed, setManaged] = useState("");
  const [most, setMost] = useState(step);
  const found = inventories
    .map((each) => ({ ...each, images: each.inventory.images.filter(isWanted(wanted, managed)) }))
    .filter(({ images }) => images.length > 0);
  const count = found.reduce((sum, { images }) => sum + images.length, 0);
  if (inventories.length === 0) {
    return <p>No branch was built yet. Its images are listed once a run of it has passed.</p>;
  }
  return (
    <>
      <p class="totals">{totalsLine(totalsOf(distinct(inventories)))}</p>
      <form class="filter" aria-label="Find images" onSubmit={(event) => event.preventDefault()}>
        <label>
          Find images by name, source or tag{" "}
          <input
            type="search"
            value={wanted}
            onInput={(event) => setWanted(event.currentTarget.value)}
          />
        </label>
        <Choice
          label="Managed"
          value={managed}
          values={managedWays}
          choose={setManaged}
          nameOf={(way) => managedWords[way as Managed]}
        />
      </form>
      {count === 0 ? (
        <p>There is no such image.</p>
      ) : (
        <Table branches={cut(found, most)} now={now} />
      )}
      {count > most && (
        <button type="button" onClick={() => setMost(most + step)}>
          {`Show more of ${count} images`}
        </button>
      )}
    </>
  );
}

const isWanted =
  (wanted: string, managed: string) =>
  (image: InventoryImage): boolean => {
    const texts = [image.image, image.target, ...image.sources.map(shownSource), ...image.tags];
    const isFound = texts.join("\n").toLowerCase().includes(wanted.toLowerCase());
    return isFound && (managed === "" || image.managed === managed);
  };

/** One image of several branches counts as one. */
function distinct(inventories: readonly BranchInventory[]): readonly InventoryImage[] {
  const found = new Map<string, InventoryImage>();
  for (const { repository, inventory } of inventories) {
    for (const image of inventory.images) found.set(`${repository}\n${image.image}`, image);
  }
  return [...found.values()];
}

interface ShownBranch extends BranchInventory {
  readonly images: readonly InventoryImage[];
}

function cut(branches: readonly ShownBranch[], most: number): readonly ShownBranch[] {
  let left = most;
  return branches.flatMap((branch) => {
    const images = branch.images.slice(0, left);
    left -= images.length;
    return images.length > 0 ? [{ ...branch, images }] : [];
  });
}

const columns = ["Image", "Managed", "Source", "Last build", "Tags", "Age", "Size"];

const Table = ({ branches, now }: { readonly branches: readonly ShownBranch[]; now: number }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
  <section class="scroll" tabIndex={0} aria-label="List of images">
    <table class="images">
      <thead>
        <tr>
          {columns.map((column) => (
            <th scope="col" key={column}>
              {column}
            </th>
          ))}
        </tr>
      </thead>
      {branches.map((branch) => (
        <tbody key={`${branch.repository}\n${branch.branch}`}>
          <BranchRow branch={branch} now={now} />
          {branch.images.map((image) => (
            <ImageRow image={image} now={now} key={image.target} />
          ))}
        </tbody>
      ))}
    </table>
  </section>
);

const BranchRow = ({ branch, now }: { readonly branch: ShownBranch; readonly now: number }) => (
  <tr class="branch">
    <th scope="rowgroup" colSpan={columns.length}>
      <a href={paths.inventory(branch.repository)}>{branch.repository}</a> {branch.branch}{" "}
      <span class="faint">
        <a href={paths.run(branch.run)}>
          <Commit commit={branch.commit} />
        </a>
        , <Ago at={branch.inventory.at} now={now} />
        {!branch.inventory.engine && "; no engine could be asked for tags, ages and sizes"}
      </span>
    </th>
  </tr>
);

function ImageRow({ image, now }: { readonly image: InventoryImage; readonly now: number }) {
  const { managed, help, sources, lastBuild, tags, created, size } = image;
  return (
    <tr class={`image-${managed}`}>
      <th scope="row">
        {image.image}
        {help && <p class="faint">{help}</p>}
      </th>
      <td class={`managed managed-${managed}`}>{managedWords[managed]}</td>
      <td>
        {sources.map((source) => (
          <div key={shownSource(source)}>{shownSource(source)}</div>
        ))}
      </td>
      <td>
        {lastBuild && <Ago at={lastBuild.at} now={now} />}
        {lastBuild && <span class="faint"> {duration(lastBuild.seconds)}</span>}
      </td>
      <td>
        <Tags tags={[...tags, ...(image.published ?? []).flatMap((each) => each.tags)]} />
      </td>
      <td class="number">{created && shownAge(now - Date.parse(created))}</td>
      <td class="number">{size !== undefined && bytes(size)}</td>
    </tr>
  );
}

const mostTags = 3;

const Tags = ({ tags }: { readonly tags: readonly string[] }) => (
  <>
    {tags.slice(0, mostTags).map((tag) => (
      <code class="tag" key={tag}>
        {tag}
      </code>
    ))}
    {tags.length > mostTags && (
      <details>
        <summary>{`${tags.length - mostTags} more`}</summary>
        {tags.slice(mostTags).join(" ")}
      </details>
    )}
  </>
);
