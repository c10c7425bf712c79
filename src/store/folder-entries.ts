/** Lists a folder that another run may remove at any moment. */
import { type Dirent, readdirSync } from "node:fs";

/**
 * @param folder absolute path
 * @returns nothing where it is gone, or is no folder
 * @throws Error of the file system for anything else
 */
export function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (!["ENOENT", "ENOTDIR"].includes(code)) throw error;
    return [];
  }
}
