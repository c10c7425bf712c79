/** Reads the keys that targets of every rule have: what they need, how they are attempted, what of services counts. */
import type { DeclaredServiceUse, TargetDeclaration, Text } from "../declaration.ts";
import { type MapNode, type Node, type ScalarNode, valueAt } from "../yaml/node.ts";
import { readDuration, readPool, readRetries } from "./read-attempts.ts";
import { readReference, readReferences } from "./read-reference.ts";
import { readTexts } from "./read-text.ts";
import { checkKeys, entriesOf, type Reader, wrong } from "./reader.ts";

type Common = Pick<TargetDeclaration, "needs" | "after" | "with" | "timeout" | "retries" | "pool">;

export function readCommon(reader: Reader, node: MapNode, account: Account): Common {
  const counted = <T>(key: string, counts: boolean, read: (value: Node) => T | undefined) => {
    const value = valueAt(node, key);
    if (value === undefined) return undefined;
    reader.uses.clear();
    const found = read(value);
    account.add(reader.uses, counts);
    return found;
  };
  const timeout = counted("timeout", false, (value) => readDuration(reader, value, "`timeout`"));
  const retries = counted("retries", false, (value) => readRetries(reader, value));
  const pool = valueAt(node, "pool");
  const poolName = pool && readPool(reader, pool);
  const references = (key: string) => (value: Node) => readReferences(reader, value, `\`${key}\``);
  return {
    needs: counted("needs", true, references("needs")) ?? [],
    after: counted("after", false, references("after")) ?? [],
    with: counted("with", true, (value) => readServiceUses(reader, value)) ?? [],
    ...(timeout !== undefined && { timeout }),
    ...(retries && { retries }),
    ...(poolName !== undefined && { pool: poolName }),
  };
}

/** Parameters that a target uses. */
export class Account {
  readonly uses = new Set<string>();
  readonly counted = new Set<string>();

  add(keys: Iterable<string>, counts: boolean): void {
    for (const key of keys) {
      this.uses.add(key);
      if (counts) this.counted.add(key);
    }
  }
}

/** A list of services, or a mapping from services to what of them counts. */
function readServiceUses(reader: Reader, node: Node): readonly DeclaredServiceUse[] | undefined {
  if (node.kind !== "map") {
    return readReferences(reader, node, "`with`")?.map((target) => ({ target }));
  }
  return entriesOf(reader, node, "`with`").flatMap(({ key, keyAt, value }) => {
    const name: ScalarNode = { kind: "scalar", value: key, text: key, ...keyAt };
    const target = readReference(reader, name, "`with`");
    const uses = readUses(reader, value, key);
    return target ? [{ target, ...(uses && { uses }) }] : [];
  });
}

function readUses(reader: Reader, node: Node, name: string): readonly Text[] | undefined {
  if (node.kind === "scalar" && node.value === null) return undefined;
  const what = `\`${name}\` of \`with\``;
  if (node.kind !== "map") return wrong(reader, what, "a mapping", node);
  checkKeys(reader, node, ["uses"], what);
  const uses = valueAt(node, "uses");
  return uses && readTexts(reader, uses, "`uses`");
}
