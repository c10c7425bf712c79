/**
 * A checkout of a git repository on this machine, as it lies in its working tree: where it stands, what is
 * changed in it, and which files are of it. Writes nothing into it, and does not know what it is for.
 */
import { spawnSync } from "node:child_process";
import { realpathSync, statSync } from "node:fs";
import path from "node:path";
import type { FilesView } from "./files-view.ts";
import { withoutGitPlaces } from "./git-environment.ts";

export interface LocalCheckout {
  /** All digits; absent before the first commit. */
  readonly commit?: string;
  /** Absent where HEAD is on none. */
  readonly branch?: string;
  /** How many files are not as in the commit, new ones that are not ignored among them. */
  readonly changed: number;
  readonly isDirty: boolean;
  /** What git is told to ignore, relative to the checkout: files, and folders with a `/` at their end. */
  readonly ignored: ReadonlySet<string>;
}

export type CheckoutPlace =
  | { readonly kind: "checkout"; readonly state: LocalCheckout }
  /** A folder below a checkout, whose own folder is `top`. */
  | { readonly kind: "below"; readonly top: string }
  /** @param said what git says of it, where git says anything */
  | { readonly kind: "none"; readonly said: readonly string[] };

/** @param folder absolute path of a folder that exists */
export function findCheckout(folder: string, environment: NodeJS.ProcessEnv): CheckoutPlace {
  const top = ask(folder, ["rev-parse", "--show-toplevel"], environment);
  if (!top.ok) return { kind: "none", said: top.said };
  const found = top.text.replace(/\n$/, "");
  if (found !== realpathSync.native(folder)) return { kind: "below", top: found };
  const state = readCheckout(folder, environment);
  return state ? { kind: "checkout", state } : { kind: "none", said: [] };
}

/**
 * @param folder absolute path of the checkout
 * @returns undefined where there is none, or git cannot read it
 */
export function readCheckout(
  folder: string,
  environment: NodeJS.ProcessEnv,
): LocalCheckout | undefined {
  const args = ["status", "--porcelain=v2", "--branch", "--untracked-files=all", "-z"];
  const told = ask(
    folder,
    [...args, "--ignored=matching", "--ignore-submodules=none"],
    environment,
  );
  return told.ok ? parseStatus(told.text) : undefined;
}

function parseStatus(text: string): LocalCheckout {
  const ignored = new Set<string>();
  let [changed, commit, branch] = [0, "", ""];
  const rows = text.split("\0");
  for (let row = rows.shift(); row !== undefined; row = rows.shift()) {
    if (row.startsWith("# branch.oid ")) commit = row.slice("# branch.oid ".length);
    else if (row.startsWith("# branch.head ")) branch = row.slice("# branch.head ".length);
    else if (row.startsWith("! ")) ignored.add(row.slice(2));
    else if (/^[12u?] /.test(row)) changed++;
    // What a renamed file was called before is a row of its own.
    if (row.startsWith("2 ")) rows.shift();
  }
  return {
    ...(commit !== "(initial)" && { commit }),
    ...(branch !== "(detached)" && { branch }),
    changed,
    isDirty: changed > 0,
    ignored,
  };
}

/**
 * The files of a checkout as they lie there: tracked ones and new ones that are not ignored, without
 * anything of git's own. Whatever could make them others is looked at.
 * @param submodules whether files of submodules are among them
 * @returns absolute paths; undefined where git cannot read the checkout
 */
export function filesOfCheckout(
  folder: string,
  { files, environment, submodules }: CheckoutReader,
): readonly string[] | undefined {
  const state = readCheckout(folder, environment);
  if (state === undefined) return undefined;
  lookAtSettings(folder, { files, environment });
  const inner: string[] = [];
  const found = files.list(folder, (name, isFolder) => {
    if (state.ignored.has(isFolder ? `${name}/` : name)) return true;
    const last = path.basename(name);
    if (last === ".gitignore") files.kindOf(path.join(folder, name));
    if (last === ".git" || last === ".tbuild") return true;
    const isInner = isFolder && files.kindOf(path.join(folder, name, ".git")) !== "absent";
    if (isInner) inner.push(name);
    return isInner;
  });
  const own = found.map((name) => path.join(folder, name));
  if (inner.length === 0 || !submodules) return own;
  const known = submodulesOf(folder, environment);
  const below = inner
    .filter((name) => known.has(name))
    .flatMap(
      (name) => filesOfCheckout(path.join(folder, name), { files, environment, submodules }) ?? [],
    );
  return [...own, ...below].sort();
}

export interface CheckoutReader {
  readonly files: FilesView;
  readonly environment: NodeJS.ProcessEnv;
  readonly submodules: boolean;
}

/** Which files are tracked and which ignored stands outside of the tree as well. */
function lookAtSettings(
  folder: string,
  { files, environment }: Pick<CheckoutReader, "files" | "environment">,
): void {
  const names = ["index", "info/exclude", "config"].flatMap((name) => ["--git-path", name]);
  const inside = ask(folder, ["rev-parse", ...names], environment);
  const excludes = ask(folder, ["config", "--path", "core.excludesFile"], environment);
  const { HOME: home = "/", XDG_CONFIG_HOME: config = path.join(home, ".config") } = environment;
  const user = [".gitconfig"].map((name) => path.join(home, name));
  const system = ["ignore", "config"].map((name) => path.join(config, "git", name));
  const told = [inside, excludes].flatMap((answer) => (answer.ok ? answer.text.split("\n") : []));
  const places = told.filter((line) => line !== "").map((line) => path.resolve(folder, line));
  for (const place of [...places, ...user, ...system]) files.kindOf(place);
}

function submodulesOf(folder: string, environment: NodeJS.ProcessEnv): ReadonlySet<string> {
  const listed = ask(folder, ["ls-files", "--stage", "-z"], environment);
  const rows = listed.ok ? listed.text.split("\0") : [];
  return new Set(rows.flatMap((row) => /^160000 \S+ \d\t(.+)$/s.exec(row)?.[1] ?? []));
}

type Answer =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly said: readonly string[] };

function ask(folder: string, args: readonly string[], environment: NodeJS.ProcessEnv): Answer {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return { ok: false, said: [] };
  const { status, stdout, stderr } = spawnSync("git", ["-c", "core.fsmonitor=false", ...args], {
    cwd: folder,
    // Its index is left as it is.
    env: { ...withoutGitPlaces(environment), LC_ALL: "C", GIT_OPTIONAL_LOCKS: "0" },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 1 << 28,
  });
  if (status === 0) return { ok: true, text: stdout };
  return { ok: false, said: (stderr ?? "").split("\n").filter((line) => line !== "") };
}
