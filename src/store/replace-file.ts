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
