/**
 * Checks out the submodules of a commit, each from a clone of its own. What a repository says of them is
 * not trusted: a URL may lead to servers only.
 */
import path from "node:path";
import { failure, redactUrls } from "../problems.ts";
import type { Checkout, Written } from "./checkout.ts";
import type { GitRoom } from "./clone.ts";
import { gitFailed } from "./git-problems.ts";

interface Submodule {
  readonly path: string;
  readonly commit: string;
  /** As `.gitmodules` has it. */
  readonly url: string;
}

/**
 * @param checkOut checks out one commit, with its submodules
 * @throws NotToBeHad
 */
export async function checkOutSubmodules(
  outer: Written,
  room: GitRoom,
  checkOut: (checkout: Checkout, room: GitRoom) => Promise<boolean>,
): Promise<void> {
  for (const { path: place, commit, url: given } of await submodulesOf(outer, room)) {
    const url = resolveUrl(outer.url, given);
    await refuseUrl(given, place, room);
    const folder = path.join(outer.folder, place);
    const isThere = await checkOut({ url, wanted: { commit }, folder, submodules: true }, room);
    if (isThere) continue;
    throw failure(
      "target",
      "submodule-commit",
      `submodule \`${place}\` is at commit \`${commit}\`, which \`${redactUrls(url)}\` does not have`,
      { hint: "push it there, or move the submodule to one that is there" },
    );
  }
}

async function submodulesOf(outer: Written, room: GitRoom): Promise<readonly Submodule[]> {
  const { clone: repository, commit } = outer;
  const tree = await room.git(["ls-tree", "-r", "-z", "--full-tree", commit], { repository });
  if (!tree.ok) throw gitFailed("list the submodules", tree.said);
  const links = tree.text.split("\0").flatMap((line) => {
    const found = /^160000 commit ([0-9a-f]+)\t(.+)$/s.exec(line);
    return found ? [{ commit: found[1] as string, path: found[2] as string }] : [];
  });
  if (links.length === 0) return [];
  const settings = await settingsOf(outer, room);
  return links.flatMap((link) => {
    const found = settings.get(link.path);
    if (found === undefined) throw withoutUrl(link.path);
    return found.update === "none" ? [] : [{ ...link, url: found.url }];
  });
}

interface Setting {
  readonly url: string;
  readonly update?: string | undefined;
}

/** What `.gitmodules` says, by path. */
async function settingsOf(
  { clone: repository, commit }: Written,
  { git }: GitRoom,
): Promise<ReadonlyMap<string, Setting>> {
  const blob = `--blob=${commit}:.gitmodules`;
  const listed = await git(["config", "--no-includes", blob, "-z", "--list"], { repository });
  const bySubmodule = new Map<string, Map<string, string>>();
  for (const entry of listed.ok ? listed.text.split("\0") : []) {
    const found = /^submodule\.(.+)\.(path|url|update)\n(.*)$/s.exec(entry);
    const [, name = "", key = "", value = ""] = found ?? [];
    if (found) bySubmodule.set(name, (bySubmodule.get(name) ?? new Map()).set(key, value));
  }
  return new Map(
    [...bySubmodule.values()].flatMap((values) => {
      const [place, url] = [values.get("path"), values.get("url")];
      if (place === undefined || url === undefined) return [];
      return [[place, { url, update: values.get("update") }] as const];
    }),
  );
}

const withoutUrl = (place: string) =>
  failure(
    "target",
    "submodule-without-url",
    `\`.gitmodules\` has no URL of submodule \`${place}\``,
    {
      hint: "mend it in its repository",
    },
  );

/**
 * As git does it: `../part` starts at the URL of the repository that it stands in.
 * @internal
 */
export function resolveUrl(outer: string, given: string): string {
  if (!isRelative(given)) return given;
  let base = outer.replace(/\/+$/, "");
  let rest = given;
  for (;;) {
    if (rest.startsWith("./")) rest = rest.slice(2);
    else if (rest.startsWith("../")) {
      rest = rest.slice(3);
      const at = Math.max(base.lastIndexOf("/"), base.lastIndexOf(":"));
      base = base.slice(0, base[at] === ":" ? at + 1 : at);
    } else break;
  }
  return base.endsWith(":") ? base + rest : `${base}/${rest}`;
}

const isRelative = (url: string): boolean => /^\.{1,2}\//.test(url);

/** A path of this machine could be anybody's, and other words than these start programs. */
async function refuseUrl(url: string, place: string, { git }: GitRoom): Promise<void> {
  if (isRelative(url) || /^(https?|ssh|git):\/\/[^-]/i.test(url)) return;
  const isAddress = /^[\w.-]+@?[\w.-]*:(?![:/]{2})/.test(url) && !/^(-|file:)/i.test(url);
  if (isAddress && !url.includes("::")) return;
  const isLocal = /^(file:\/\/|\/)/i.test(url);
  const allowed = isLocal ? await git(["config", "--get", "protocol.file.allow"]) : undefined;
  if (allowed?.ok && allowed.text.trim() === "always") return;
  throw failure(
    "target",
    "submodule-refused",
    `submodule \`${place}\` may not come from \`${redactUrls(url)}\``,
    {
      hint: isLocal
        ? "give it a relative URL, or allow paths by `git config --global protocol.file.allow always`"
        : "give it a URL of http, https, ssh or git",
    },
  );
}
