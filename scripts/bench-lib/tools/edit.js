// An edit of a build file: its first line says which one it is.
import { readFileSync, writeFileSync } from "node:fs";

/** @param line the first line for the number of an edit */
export const editFirstLine = (name, line) => (folder, edit) => {
  const file = `${folder}/${name}`;
  const text = readFileSync(file, "utf8");
  writeFileSync(file, line(edit) + text.slice(text.indexOf("\n")));
};
