/** What bake files declare as a draft: targets with a matrix, groups, variables as parameters. Reads no file. */
import { type Draft, type DraftParameter, type DraftTarget, literal } from "../draft.ts";
import { claim, parameterName, targetName } from "../names.ts";
import { wrong } from "../problems.ts";
import type { BakeFile, Layers } from "./bake-file.ts";
import { type BakeTarget, type DraftedImage, draftBakeTarget } from "./bake-target.ts";
import { evaluate, type Scope } from "./hcl/evaluate.ts";
import { attributeNamed } from "./hcl/syntax.ts";
import { isList, NoValue, textOf, type Value } from "./hcl/value.ts";
import { matrixOf, membersOf, memberWord, noMember } from "./members.ts";
import { axisName, type Member, Scopes } from "./scopes.ts";
import { attributesOf, parentsOf } from "./target-layers.ts";

/** A target of the bake file on its way. */
interface Found {
  readonly bakeName: string;
  readonly target: Omit<BakeTarget, "draftName">;
  /** Names that its members have in the bake file, in their order. */
  readonly memberNames: readonly string[];
}

export class BakeDraft {
  readonly #file: BakeFile;
  readonly #scopes: Scopes;
  readonly #scope: Scope;
  readonly #taken = new Set<string>();
  /** What the names of the bake file are called in the draft. */
  readonly #names = new Map<string, string>();

  constructor(file: BakeFile) {
    this.#file = file;
    this.#scopes = new Scopes(file);
    this.#scope = this.#scopes.plainScope();
  }

  draft(): Draft {
    const templates = this.#templates();
    const found = [...this.#file.targets.keys()]
      .filter((name) => !templates.has(name))
      .map((name) => this.#find(name));
    const regular = found.map((each) => this.#name(each));
    const drafted = found.flatMap((each, at) => this.#draftFound(each, regular[at] === true));
    const groups = this.#groups();
    return {
      parameters: [...this.#parameters(), ...drafted.flatMap(({ parameters }) => parameters)],
      targets: [...drafted.map(({ target }) => target), ...groups],
      default: this.#default(),
      losses: [],
    };
  }

  /** Targets that are there to be inherited from: nothing else names them, and a build of all leaves them out. */
  #templates(): ReadonlySet<string> {
    const { targets, groups } = this.#file;
    // Also of those that are left out below: whoever inherits from itself would vanish unseen.
    for (const name of targets.keys()) attributesOf(name, this.#file, this.#scope);
    const inherited = new Set(
      [...targets.values()].flatMap((layers) => parentsOf(layers, this.#scope)),
    );
    const grouped = new Set([...groups.values()].flatMap((layers) => this.#members(layers)));
    const isAlone = (name: string): boolean => name !== "default" && !grouped.has(name);
    const hasTags = (name: string): boolean =>
      targets.get(name)?.some(({ value }) => attributeNamed(value, "tags") !== undefined) === true;
    return new Set(
      [...inherited].filter((name) => isAlone(name) && (groups.size > 0 || !hasTags(name))),
    );
  }

  #find(bakeName: string): Found {
    const attributes = attributesOf(bakeName, this.#file, this.#scope);
    const at = this.#file.targets.get(bakeName)?.at(-1)?.at;
    if (at === undefined) throw new Error(`no target ${bakeName}`);
    const matrix = attributes.get("matrix");
    const value =
      matrix && this.#work(() => evaluate(matrix.layers.at(-1) as never, this.#scope), bakeName);
    const members = value === undefined ? [noMember] : membersOf(value);
    if (members === undefined || members.length === 0) {
      throw wrong(
        "bake-matrix",
        `\`matrix\` of \`${bakeName}\` is no object of lists`,
        matrix?.at ?? at,
      );
    }
    const target = { name: targetName(bakeName), at, attributes, members };
    return {
      bakeName,
      target,
      memberNames: members.map((member, nth) => this.#memberName(target, member, nth)),
    };
  }

  #memberName({ attributes, name }: Found["target"], member: Member, nth: number): string {
    const [expression] = attributes.get("name")?.layers ?? [];
    if (member === noMember || expression === undefined)
      return member === noMember ? name : `${name}-${nth}`;
    return String(
      this.#work(() => this.#scopes.plain((scope) => evaluate(expression, scope), member), name),
    );
  }

  /** Gives names to a target and its members; returns whether it is written as one. */
  #name({ bakeName, target, memberNames }: Found): boolean {
    const base = claim(target.name, this.#taken);
    this.#names.set(bakeName, base);
    if (target.members[0] === noMember) return true;
    const words = target.members.map(memberWord);
    const draftName = (name: string) => name;
    const clash = [...this.#file.variables.keys()].map(parameterName);
    const isRegular =
      words.every((word) => word !== undefined) &&
      ![...(target.members[0]?.values.keys() ?? [])].some((axis) =>
        clash.includes(axisName(axis)),
      ) &&
      draftBakeTarget({ ...target, draftName }, this.#scopes) !== undefined;
    memberNames.forEach((name, at) => {
      const own = isRegular ? `${base}[${words[at]}]` : claim(targetName(name), this.#taken);
      if (name !== bakeName) this.#names.set(name, own);
    });
    return isRegular;
  }

  #draftFound(
    { bakeName, target, memberNames }: Found,
    isRegular: boolean,
  ): readonly DraftedImage[] {
    const name = this.#names.get(bakeName) ?? target.name;
    const draftName = (other: string) => this.#names.get(other);
    if (isRegular) {
      const drafted = draftBakeTarget({ ...target, name, draftName }, this.#scopes);
      if (drafted === undefined) throw new Error(`${name} was regular before`);
      return [{ ...drafted, target: { ...drafted.target, ...matrixOf(target.members) } }];
    }
    const names = memberNames.map((other) => this.#names.get(other) ?? targetName(other));
    const members = target.members.flatMap((member, at) => {
      const own = {
        ...target,
        name: names[at] ?? name,
        members: [{ ...member, isAlone: true as const }],
        draftName,
      };
      return draftBakeTarget(own, this.#scopes) ?? [];
    });
    const group: DraftTarget = { name, at: target.at, losses: [], keys: { needs: names } };
    return [...members, { target: group, parameters: [] }];
  }

  /** Names that a group has, as the bake file calls them. */
  #members(layers: Layers): readonly string[] {
    const expression = layers
      .flatMap(({ value }) => value.attributes)
      .findLast(({ name }) => name === "targets")?.value;
    const value =
      expression === undefined
        ? []
        : this.#work(() => evaluate(expression, this.#scope), "targets");
    return isList(value) ? value.map((item) => textOf(item)) : [];
  }

  #needs(layers: Layers): readonly string[] {
    return this.#members(layers).map((name) => {
      const own =
        this.#names.get(name) ?? (this.#file.groups.has(name) ? targetName(name) : undefined);
      if (own !== undefined) return own;
      const at = layers.at(-1)?.at;
      throw at === undefined
        ? new Error("a group without layers")
        : wrong("bake-target", `there is no target \`${name}\``, at);
    });
  }

  /** `default` is said by the target file itself, except where another group has it. */
  #groups(): readonly DraftTarget[] {
    const { groups } = this.#file;
    return [...groups]
      .filter(([name]) => (name !== "default" || this.#isNamed()) && !this.#names.has(name))
      .map(([name, layers]) => {
        const at = layers.at(-1)?.at;
        if (at === undefined) throw new Error("a group without layers");
        const described = layers
          .flatMap(({ value }) => attributeNamed(value, "description") ?? [])
          .at(-1);
        const help = described?.kind === "value" ? String(described.value) : undefined;
        return {
          name: claim(targetName(name), this.#taken),
          at,
          losses: [],
          keys: { needs: this.#needs(layers) },
          ...(help !== undefined && { help: literal(help) }),
        };
      });
  }

  #isNamed(): boolean {
    return [...this.#file.groups.values()].some((layers) =>
      this.#members(layers).includes("default"),
    );
  }

  #default(): readonly string[] {
    const layers = this.#file.groups.get("default");
    if (layers !== undefined) return this.#isNamed() ? ["default"] : this.#needs(layers);
    const own = this.#names.get("default");
    return own === undefined ? [] : [own];
  }

  #parameters(): readonly DraftParameter[] {
    return [...this.#file.variables].flatMap(([name, { value }]) => {
      const text = this.#scopes.defaultOf(name);
      if (text === undefined) return [];
      const described = attributeNamed(value, "description");
      const help = described?.kind === "value" ? { help: String(described.value) } : {};
      return [{ name: parameterName(name), default: text, env: name, ...help }];
    });
  }

  /** What decides about names and groups must have a value. */
  #work(work: () => Value, what: string): Value {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof NoValue)) throw error;
      const at = [...this.#file.targets.values(), ...this.#file.groups.values()][0]?.[0]?.at;
      if (at === undefined) throw error;
      throw wrong("bake-value", `\`${what}\` cannot be worked out: ${error.message}`, at);
    }
  }
}
