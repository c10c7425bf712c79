/**
 * Finds what names such as `api.short` stand for, before targets are made of a declaration: from a local checkout,
 * from the lock, or from a server, whose answer is then locked.
 */
import type { Declaration, TargetDeclaration, Text } from "../config/declaration.ts";
import {
  checkoutKey,
  keyForMember,
  readCheckoutKey,
  sameMemberKey,
} from "../config/expand/checkout-names.ts";
import type { ParameterValues } from "../config/expand/resolve-parameters.ts";
import { reachableCheckouts } from "../config/list-targets.ts";
import { fill } from "../config/read/template.ts";
import type { givenSources } from "../config/sources.ts";
import { combinations, memberName, parseName } from "../config/target-index.ts";
import { DiagnosticError } from "../model/diagnostic.ts";
import { isWholeCommit } from "../model/pin.ts";
import { fail, ok, type Result } from "../model/result.ts";
import type { NoValue, TargetName } from "../model/target.ts";
import { inParallel } from "../net/in-parallel.ts";
import type { Pins } from "../pins/pins.ts";
import type { CommonRequest } from "./request.ts";
import type { Surroundings } from "./surroundings.ts";

export interface CheckoutRoom {
  readonly declaration: Declaration;
  readonly values: ParameterValues;
  readonly pins: Pins;
  /** How local checkouts stand, by the targets that they are given for. */
  readonly sources: ReturnType<typeof givenSources>;
  readonly common: CommonRequest;
  /** What only a server could tell has no value then. */
  readonly asksNobody: boolean;
  readonly place: Pick<Surroundings, "environment" | "signal">;
}

export interface CheckoutValues {
  /** By key. */
  readonly texts: ReadonlyMap<string, string>;
  /** What has no value: nobody wanted it, or nobody could be asked. */
  readonly none: readonly NoValue[];
  /** Whether some of it is neither locked nor a commit: it may be another one at any time. */
  readonly mayMove: boolean;
}

/** Servers that are asked at the same time. */
const atOnce = 8;

/** @param names of the wanted targets: what nothing below them uses is not asked for */
export async function readCheckouts(
  room: CheckoutRoom,
  names: readonly string[],
): Promise<Result<CheckoutValues>> {
  const { declaration, place } = room;
  const keys = reachableCheckouts(declaration, names);
  const members = new Map(keys.flatMap((key) => membersOf(key, declaration)));
  try {
    const asked = await membersToAsk([...members.values()], room, names);
    const found = await inParallel(asked, atOnce, place.signal, (member, signal) =>
      read(member, { ...room, place: { ...place, signal } }),
    );
    const texts = new Map(found.flatMap((each) => each.texts));
    const open = keys.filter((key) => readCheckoutKey(key)?.isOfMember);
    for (const key of open) texts.set(key, allOf(key, declaration, texts));
    const none = keys.flatMap((key) => membersOf(key, declaration).flatMap(lackingIn(key, texts)));
    return ok({ texts, none, mayMove: found.some(({ mayMove }) => mayMove) });
  } catch (error) {
    if (error instanceof DiagnosticError) return fail(error.diagnostic);
    throw error;
  }
}

/** The targets whose names are used by the wanted ones or anything below them. */
export const namedCheckouts = (
  declaration: Declaration,
  names: readonly string[],
): readonly TargetName[] =>
  reachableCheckouts(declaration, names).flatMap((key) =>
    membersOf(key, declaration).map(([, { name }]) => name),
  );

interface Member {
  readonly name: TargetName;
  readonly declared: TargetDeclaration;
  readonly values: readonly string[];
}

/** One target, or all of a matrix where it depends on the user which is meant. */
function membersOf(
  key: string,
  { targets }: Declaration,
): readonly (readonly [name: string, member: Member])[] {
  const read = readCheckoutKey(key);
  const parsed = read && parseName(read.name);
  const declared = targets.find(({ name }) => name === parsed?.family);
  if (!read || !parsed || !declared) throw new Error(`nothing is checked out for ${key}`);
  const members = read.isOfMember ? combinations(declared.axes) : [parsed.values ?? []];
  return members.map((values) => {
    const name = memberName(declared.name, values) as TargetName;
    return [name, { name, declared, values }];
  });
}

/** Of a key that leaves the member open: another text as soon as one of them is another one. */
function allOf(key: string, { targets }: Declaration, texts: ReadonlyMap<string, string>): string {
  const read = readCheckoutKey(key);
  const declared = targets.find(
    (target) => read?.isOfMember && sameMemberKey(target, read.value) === key,
  );
  const members = combinations(declared?.axes ?? []).map(
    (values) => new Map(declared?.axes.map(({ name }, index) => [name, values[index] as string])),
  );
  return members.map((values) => texts.get(keyForMember(key, values)) ?? "").join(" ");
}

/** Those that the lock does not know are asked for only where a wanted target names them. */
async function membersToAsk(
  members: readonly Member[],
  room: CheckoutRoom,
  names: readonly string[],
): Promise<readonly Member[]> {
  const offline = { ...room, asksNobody: true };
  const known = await Promise.all(
    members.map(async (each) => (await read(each, offline)).texts.length > 0),
  );
  if (room.asksNobody || known.every(Boolean)) return members;
  const { neededCheckouts } = await import("./needed-checkouts.ts");
  const needed = neededCheckouts(room, members, names);
  return members.filter(({ name }, index) => known[index] === true || needed?.has(name) !== false);
}

/** Why a member has no value under the key, where it has none. */
const lackingIn =
  (key: string, texts: ReadonlyMap<string, string>) =>
  ([name]: readonly [name: string, member: Member]): readonly NoValue[] => {
    const own = checkoutKey(name, readCheckoutKey(key)?.value ?? "commit");
    if (texts.has(own)) return [];
    const why = `no lock tells what \`${name}\` stands for, and nobody was asked`;
    return [{ name: own, why, hint: `\`tbuild update ${name}\` asks` }];
  };

interface Found {
  readonly texts: readonly (readonly [key: string, text: string])[];
  readonly mayMove: boolean;
}

/** @throws DiagnosticError where nobody can tell, or it is to be locked and is not */
async function read({ name, declared, values }: Member, room: CheckoutRoom): Promise<Found> {
  const frame = { values: room.values.texts, member: values };
  const textOf = (key: string): string | undefined => {
    const field = declared.fields[key];
    return field && fill((field.value as Text).text, frame);
  };
  const [url, ref = "HEAD"] = [textOf("git"), textOf("ref")];
  // A parameter is missing: the target itself tells, where it is needed.
  if (url === undefined) return { texts: [], mayMove: false };
  const found = await commitOf({ name, declared, url, ref }, room);
  if (!found) return { texts: [], mayMove: false };
  const { commit, suffix, mayMove } = found;
  const texts = [
    [checkoutKey(name, "commit"), commit + suffix],
    [checkoutKey(name, "short"), commit.slice(0, shortLength) + suffix],
    [checkoutKey(name, "ref"), ref],
  ] as const;
  return { texts, mayMove };
}

/** As of `git.short`. */
const shortLength = 12;

interface Named {
  readonly name: TargetName;
  readonly declared: TargetDeclaration;
  readonly url: string;
  readonly ref: string;
}

type LocalSource = CheckoutRoom["sources"] extends ReadonlyMap<TargetName, infer T> ? T : never;

interface FoundCommit {
  readonly commit: string;
  /** What stands behind the commit where the files are not those of it. */
  readonly suffix: string;
  readonly mayMove: boolean;
}

/** @returns undefined where only a server knows, and is not to be asked */
async function commitOf(named: Named, room: CheckoutRoom): Promise<FoundCommit | undefined> {
  const { declaration, pins } = room;
  const source = room.sources.get(named.name);
  if (source !== undefined) return commitOfSource(source);
  if (isWholeCommit(named.ref)) {
    return { commit: named.ref.toLowerCase(), suffix: "", mayMove: false };
  }
  const { askedCommit } = await import("../rules/git/asked-commit.ts");
  const asked = askedCommit({ git: named.url, ref: named.ref }, declaration.root);
  const known = asked && pins.known(asked);
  if (known) return { commit: known.value, suffix: "", mayMove: false };
  if (room.asksNobody) return undefined;
  // One of the workspace is locked by nothing: what it is now is what counts.
  if (!asked) return { commit: await ask(named, room), suffix: "", mayMove: true };
  const { places, declaredAt } = named.declared;
  pins.refuseUnlocked(asked, named.name, places["git"] ?? declaredAt);
  const commit = await pins.find(asked, () => ask(named, room));
  return { commit: commit as string, suffix: "", mayMove: false };
}

/** Before its first commit a checkout has none. */
const commitOfSource = ({ commit = "0".repeat(40), isDirty }: LocalSource): FoundCommit => ({
  commit,
  suffix: isDirty ? "-dirty" : "",
  mayMove: true,
});

async function ask({ declared, url, ref }: Named, room: CheckoutRoom): Promise<string> {
  const { askServer } = await import("../rules/ask-server.ts");
  const { askerOf } = await import("../engine/asker-of.ts");
  const { declaration, common, place } = room;
  const asker = askerOf({
    root: declaration.root,
    registries: declaration.registries,
    ...common,
    ...place,
  });
  const answer = await askServer({ kind: "git", url, ref }, { ...asker, target: declared });
  if (answer.kind === "not-told") throw new DiagnosticError(answer.problem);
  return answer.value;
}
