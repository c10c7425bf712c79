/** Temporary folders for tests, removed when the test file ends. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const made: string[] = [];

/** By path; names that end in `/` are folders. */
export type TestFiles = Readonly<Record<string, string | Uint8Array>>;

/** An empty folder with these files in it. */
export function temporaryFolder(files: TestFiles = {}): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "tbuild-test-")));
  made.push(folder);
  writeFiles(folder, files);
  return folder;
}

export function writeFiles(folder: string, files: TestFiles): void {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    if (name.endsWith("/")) mkdirSync(file, { recursive: true });
    else {
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
  }
}

afterAll(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});
