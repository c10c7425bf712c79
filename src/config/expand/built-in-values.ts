/** The values of parameters and, found when somebody asks for them, of the built-in names. */
import { GitHead, type GitName, gitDigest } from "../../files/git-head.ts";
import { type SemanticPart, semanticPart } from "../../model/semantic-version.ts";
import type { NoValue } from "../../model/target.ts";
import { isGitName, readSemanticKey, semanticKey, writtenName } from "./built-ins.ts";

export class TextValues extends Map<string, string> {
  /** Why a built-in name that was asked for has no value, by its key. */
  readonly noValue = new Map<string, NoValue>();
  readonly git: GitHead;

  /**
   * @param root absolute path of the workspace
   * @param environment of the caller
   */
  constructor(root: string, environment: NodeJS.ProcessEnv) {
    super();
    this.git = new GitHead(root, environment);
  }

  override get(key: string): string | undefined {
    const own = super.get(key);
    if (own !== undefined) return own;
    if (isGitName(key)) return this.#gitValue(key);
    const semantic = readSemanticKey(key);
    return semantic && this.#semantic(semantic.part, semantic.of);
  }

  override has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  /** Of the values of these names. */
  gitDigest(names: readonly GitName[]): string {
    return gitDigest(names, this.git);
  }

  #gitValue(name: GitName): string | undefined {
    const found = this.git.value(name);
    if (found.kind === "none") {
      const { why, hint } = found;
      this.noValue.set(name, { name, why, hint });
      return undefined;
    }
    this.set(name, found.text);
    return found.text;
  }

  /** Not kept when there is none: what an include fixes may follow. */
  #semantic(part: SemanticPart, of: string): string | undefined {
    const key = semanticKey(part, of);
    const version = this.get(of);
    const number = version === undefined ? undefined : semanticPart(version, part);
    if (number !== undefined) this.set(key, number);
    else if (version !== undefined) this.noValue.set(key, noVersion(key, of, version));
    else if (isGitName(of)) this.noValue.set(key, noVersionGiven(key, this.noValue.get(of)));
    return number;
  }
}

const noVersion = (key: string, of: string, version: string): NoValue => ({
  name: writtenName(key),
  why: `\`${of}\` is \`${version}\`, which is no semantic version`,
  hint: "a semantic version is MAJOR.MINOR.PATCH, such as `1.2.3` or `1.2.3-rc.1`",
});

const noVersionGiven = (key: string, tag: NoValue | undefined): NoValue => ({
  name: writtenName(key),
  why: `there is no parameter \`version\`, and ${tag?.why ?? "no tag"}`,
  hint: "declare `version` under `params`, or tag the commit",
});
