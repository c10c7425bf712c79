/** Checks who follows whom: all are there, none follows itself by way of others, and each has a branch by name. */
import type { Entry, Node } from "../../config/yaml/node.ts";
import { nearest } from "../../model/nearest.ts";
import { type RepositoryConfig, usualBranch } from "../records/config.ts";
import { isBranch } from "../records/names.ts";
import type { ConfigReader } from "./config-reader.ts";
import * as problems from "./problems.ts";
import { each } from "./read-names.ts";

type Repositories = ReadonlyMap<string, RepositoryConfig>;

/** @param entries as they stand in the configuration, for places */
export function checkFollows(
  reader: ConfigReader,
  entries: readonly Entry[],
  repositories: readonly RepositoryConfig[],
): void {
  const byName = new Map(repositories.map((repository) => [repository.name, repository]));
  for (const repository of repositories) {
    const entry = entries.find(({ key }) => key === repository.name);
    for (const item of entry ? followsOf(entry) : []) checkOne(reader, item, repository, byName);
  }
}

function followsOf({ value }: Entry): readonly Node[] {
  const found = value.kind === "map" && value.entries.find(({ key }) => key === "follows");
  return found ? each(found.value) : [];
}

function checkOne(
  reader: ConfigReader,
  item: Node,
  repository: RepositoryConfig,
  byName: Repositories,
): void {
  if (item.kind !== "scalar") return;
  const at = reader.at(item);
  const other = byName.get(item.text);
  if (other === undefined) {
    reader.report(problems.nobodyToFollow(item.text, at, nearest(item.text, byName.keys())));
    return;
  }
  const circle = wayTo(repository.name, other, byName);
  if (circle !== undefined) reader.report(problems.followsItself([repository.name, ...circle], at));
  for (const { name, branches } of new Set([repository, other])) {
    if (!isBranch(usualBranch({ branches }))) reader.report(problems.onlyPatterns(name, at));
  }
}

/** Over which repositories one leads to that name by those whom it follows. */
function wayTo(
  name: string,
  from: RepositoryConfig,
  byName: Repositories,
  seen: ReadonlySet<string> = new Set(),
): readonly string[] | undefined {
  if (from.name === name) return [name];
  if (seen.has(from.name)) return undefined;
  for (const next of from.follows.flatMap((each) => byName.get(each) ?? [])) {
    const way = wayTo(name, next, byName, new Set([...seen, from.name]));
    if (way !== undefined) return [from.name, ...way];
  }
  return undefined;
}
