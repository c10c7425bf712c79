/** Writes which digest each tag of a push has, for files that deploy them. Whole, or not at all. */
import { randomBytes } from "node:crypto";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { makeFolders } from "../files/make-folders.ts";
import { failure } from "./problems.ts";
import type { PushOutcome } from "./push-plan.ts";

type Digests = PushOutcome["digests"];

/** JSON, or lines `reference@digest` where the name ends in `.txt`. */
export function writeDigests(file: string, digests: Digests): void {
  const sorted = [...digests].sort((a, b) => (a.reference < b.reference ? -1 : 1));
  const text = file.endsWith(".txt") ? asLines(sorted) : asJson(sorted);
  const aside = `${file}.${randomBytes(6).toString("hex")}`;
  try {
    makeFolders(path.dirname(file));
    writeFileSync(aside, text);
    renameSync(aside, file);
  } catch (error) {
    rmSync(aside, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    throw failure("surroundings", "cannot-write", `cannot write to \`${file}\`: ${code}`, {
      hint: "the images are pushed; name another file in `digests`",
    });
  }
}

const asJson = (digests: Digests): string =>
  `${JSON.stringify(Object.fromEntries(digests.map((it) => [it.reference, it.digest])), null, 2)}\n`;

const asLines = (digests: Digests): string =>
  digests.map(({ reference, digest }) => `${reference}@${digest}\n`).join("");
