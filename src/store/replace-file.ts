/** Replaces a file: the old one stands until the new one is whole on the disk. */
import {
  closeSync,
  fchmodSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { open, rename, rm } from "node:fs/promises";

/**
 * @param write given the open file that takes the place of the old one
 * @throws what `write` and the system throw; the old file stands then, and nothing else is left
 */
export function replaceFile(file: string, write: (handle: number) => void): void {
  const temporary = `${file}.${process.pid}.new`;
  const handle = openSync(temporary, "w");
  try {
    write(handle);
    fsyncSync(handle);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  } finally {
    closeSync(handle);
  }
  renameSync(temporary, file);
}

/**
 * The same for a text that is at hand.
 * @param mode permissions of the new file; those of any new file when absent
 * @throws what the system throws
 */
export const replaceText = (file: string, text: string, mode?: number): void =>
  replaceFile(file, (handle) => {
    if (mode !== undefined) fchmodSync(handle, mode & 0o777);
    writeFileSync(handle, text);
  });

/**
 * The same for a text, while this thread does other things. One at a time for each file.
 * @throws what the system throws; the old file stands then
 */
export async function replaceTextAside(file: string, text: string): Promise<void> {
  const temporary = `${file}.${process.pid}.new`;
  const handle = await open(temporary, "w");
  try {
    await handle.writeFile(text);
    await handle.sync();
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
}
