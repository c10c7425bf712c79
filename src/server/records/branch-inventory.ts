/** The inventory of a branch: what its target file knew of images when its newest commit was built. Plain data. */
import type { Inventory } from "../../model/inventory.ts";

export interface BranchInventory {
  readonly repository: string;
  readonly branch: string;
  /** All of its digits. */
  readonly commit: string;
  /** The run that built it. */
  readonly run: string;
  readonly inventory: Inventory;
}
