/** The words in which people are told of an inventory, the same in each of its forms. */
import type { ImageSource, InventoryTotals, Managed } from "./inventory.ts";

export const managedWords: Readonly<Record<Managed, string>> = {
  automatic: "automatic",
  make: "make-managed",
  manual: "manual",
};

/** `31 images: 24 automatic, 6 make-managed, 1 manual` */
export function totalsLine({ images, ...counts }: InventoryTotals): string {
  const parts = Object.entries(managedWords).map(
    ([way, word]) => `${counts[way as Managed]} ${word}`,
  );
  return `${images} ${images === 1 ? "image" : "images"}: ${parts.join(", ")}`;
}

/** `https://host/api.git 1a2b3c4d5e6f`, or by its ref where it was not checked out yet. */
export function shownSource(source: ImageSource): string {
  if (source.kind === "folder") return source.path;
  const { url, ref, commit } = source;
  const version = commit?.slice(0, 12) ?? ref;
  return version === undefined ? url : `${url} ${version}`;
}

/** The largest unit alone: `3 d`. */
export function shownAge(milliseconds: number): string {
  const minutes = Math.max(0, Math.floor(milliseconds / 60_000));
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} d`;
}
