/** The target files of a project: what no output may hold and nothing may remove. */
import path from "node:path";
import type { Project } from "../model/target.ts";

const known = new WeakMap<Project, readonly string[]>();

/** Absolute paths, each once. Found once for a project: every target that acts asks. */
export function targetFilesOf(project: Project): readonly string[] {
  const found = known.get(project) ?? find(project);
  known.set(project, found);
  return found;
}

function find({ root, targets }: Project): readonly string[] {
  const names = new Set([...targets.values()].map(({ declaredAt }) => declaredAt.file));
  return [...names].map((name) => path.resolve(root, name));
}
