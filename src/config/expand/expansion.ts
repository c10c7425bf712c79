/** Makes the targets of one declaration, all of them or one when it is asked for: matrices, alternatives, values. */
import type { Diagnostic, Location } from "../../model/diagnostic.ts";
import type { ServiceDeclaration, ServiceUse, Target, TargetName } from "../../model/target.ts";
import type { Declaration, DeclaredField, TargetDeclaration } from "../declaration.ts";
import type { Kinds } from "../read/reader.ts";
import { fill } from "../read/template.ts";
import { combinations, isOpen, parseName } from "../target-index.ts";
import { readCheckoutKey, withSameMembers } from "./checkout-names.ts";
import { fillAttempts } from "./fill-attempts.ts";
import { type Filler, fillField, fillReferences, fillTexts } from "./fill-field.ts";
import { LazyTargets } from "./lazy-targets.ts";
import { missingParameters } from "./missing-parameters.ts";
import { NameResolver } from "./name-resolver.ts";
import type { ParameterValues } from "./resolve-parameters.ts";

/** What all members of a matrix have in common, made once. */
interface Family {
  readonly declaration: TargetDeclaration;
  readonly shared: Pick<Target, "declaredAt" | "missing" | "parameters" | "places"> &
    Partial<Pick<Target, "folder" | "help" | "managed">>;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly varying: readonly (readonly [key: string, field: DeclaredField])[];
  readonly alternatives: readonly Family[];
  /** The key that says how it is a service. */
  readonly service: string | undefined;
}

interface Name {
  readonly name: TargetName;
  readonly member: readonly string[];
  readonly alternativeOf?: TargetName;
}

interface Tools {
  readonly kinds: Kinds;
  /** By place and text: members of a matrix share their problems. */
  readonly problems: Map<string, Diagnostic>;
}

/** One for each target: a class, since tens of thousands of closures take their time. */
class MemberFiller implements Filler {
  readonly values: ReadonlyMap<string, string>;
  readonly root: string;
  readonly folder: string;
  readonly member: readonly string[];
  readonly #expansion: Expansion;

  constructor(expansion: Expansion, folder: string, member: readonly string[]) {
    this.#expansion = expansion;
    this.values = expansion.values;
    this.root = expansion.root;
    this.folder = folder;
    this.member = member;
  }

  resolve(name: string, at: Location): readonly TargetName[] | undefined {
    const known = this.#expansion.names.get(name);
    if (known !== undefined) return known;
    this.problem(this.#expansion.names.unknown(name, at));
    return undefined;
  }

  problem(problem: Diagnostic): void {
    this.#expansion.report(problem);
  }
}

export class Expansion {
  readonly targets: LazyTargets;
  readonly names: NameResolver;
  readonly #declaration: Declaration;
  readonly #values: ParameterValues;
  readonly #tools: Tools;
  readonly #families = new Map<string, Family>();
  readonly #added = new Set<TargetName>();
  #byName: ReadonlyMap<string, TargetDeclaration> | undefined;

  constructor(declaration: Declaration, values: ParameterValues, tools: Tools) {
    this.#declaration = declaration;
    this.#values = values;
    this.#tools = tools;
    this.names = new NameResolver(declaration.targets);
    this.targets = new LazyTargets(
      (name) => this.#addOne(name),
      () => this.#addAll(),
    );
  }

  #addAll(): void {
    for (const declaration of this.#declaration.targets) {
      const names = this.names.get(declaration.name) ?? [];
      for (const [index, member] of combinations(declaration.axes).entries()) {
        this.#addMember(declaration, names[index] as TargetName, member);
      }
    }
  }

  /** Makes one target; an alternative with the target that it belongs to. */
  #addOne(name: TargetName): void {
    let own = name;
    while (!this.names.get(own)) {
      const end = own.lastIndexOf("#");
      if (end < 0) return;
      own = own.slice(0, end) as TargetName;
    }
    const parsed = parseName(own);
    this.#byName ??= new Map(this.#declaration.targets.map((each) => [each.name, each]));
    const declaration = parsed && this.#byName.get(parsed.family);
    if (!declaration) return;
    if (declaration.axes.length > 0 && !parsed.values && !isOpen(declaration.axes)) return;
    this.#addMember(declaration, own, parsed.values ?? []);
  }

  #addMember(declaration: TargetDeclaration, name: TargetName, member: readonly string[]): void {
    if (this.#added.has(name)) return;
    this.#added.add(name);
    const family = this.#families.get(declaration.name) ?? this.#familyOf(declaration);
    this.#families.set(declaration.name, family);
    this.#add(family, { name, member });
  }

  fillerFor(folder: string, member: readonly string[]): Filler {
    return new MemberFiller(this, folder, member);
  }

  get values(): ReadonlyMap<string, string> {
    return this.#values.texts;
  }

  get root(): string {
    return this.#declaration.root;
  }

  report(problem: Diagnostic): void {
    const { at } = problem;
    const key = `${at?.file}:${at?.line}:${at?.column}:${problem.message}`;
    this.#tools.problems.set(key, problem);
  }

  #familyOf(declaration: TargetDeclaration): Family {
    const { folder, help, managed, declaredAt, places, fields } = declaration;
    const filler = this.fillerFor(folder, []);
    const entries = Object.entries(fields);
    const alternatives = entries.flatMap(([, field]) =>
      field.type === "alternatives"
        ? (field.value as readonly TargetDeclaration[]).map((each) => this.#familyOf(each))
        : [],
    );
    const fixed = entries.filter(([, field]) => !field.varies);
    return {
      declaration,
      shared: {
        ...(help !== undefined && { help }),
        ...(managed && { managed }),
        ...(folder !== "" && { folder }),
        parameters: this.#usedBy(declaration),
        missing: missingParameters(this.#declaration, this.#values, declaration.uses),
        declaredAt,
        places,
      },
      fields: Object.fromEntries(fixed.map(([key, field]) => [key, fillField(filler, key, field)])),
      varying: entries.filter(([, field]) => field.varies),
      alternatives,
      service: entries.find(([, field]) => field.type === "service")?.[0],
    };
  }

  #usedBy({ counted }: TargetDeclaration): Readonly<Record<string, string>> {
    const used: Record<string, string> = {};
    for (const key of counted) {
      if (readCheckoutKey(key)?.isOfMember) continue;
      const value = this.#values.texts.get(key);
      if (value !== undefined) used[key] = value;
    }
    return used;
  }

  #add(family: Family, { name, member, alternativeOf }: Name): TargetName {
    const { declaration, shared } = family;
    const filler = this.fillerFor(declaration.folder, member);
    const made = family.alternatives.map((_, index) => `${name}#${index + 1}` as TargetName);
    const fields = this.#fieldsOf(family, filler, made);
    const service = family.service && (fields[family.service] as ServiceDeclaration | undefined);
    this.targets.set(name, {
      name,
      ...shared,
      ...withSameMembers(shared, declaration, member, this.values),
      ...(declaration.rule !== undefined && { rule: { kind: declaration.rule, fields } }),
      needs: fillReferences(filler, declaration.needs),
      after: fillReferences(filler, declaration.after),
      with: serviceUses(declaration, filler),
      ...fillAttempts(filler, declaration),
      ...(declaration.pool !== undefined && { pool: declaration.pool }),
      ...(service && { service }),
      ...(alternativeOf !== undefined && { alternativeOf }),
      ...(declaration.unless && fillUnless(filler, declaration.unless)),
      title: alternativeOf === undefined ? name : this.#titleOf(declaration, fields, filler),
    });
    for (const [index, alternative] of family.alternatives.entries()) {
      this.#add(alternative, { name: made[index] as TargetName, member, alternativeOf: name });
    }
    return name;
  }

  #fieldsOf(
    { declaration, fields, varying, alternatives }: Family,
    filler: Filler,
    made: readonly TargetName[],
  ): Readonly<Record<string, unknown>> {
    if (varying.length === 0 && alternatives.length === 0) return fields;
    const own: Record<string, unknown> = { ...fields };
    for (const [key, field] of varying) own[key] = fillField(filler, key, field);
    for (const [key, { type }] of Object.entries(
      alternatives.length > 0 ? declaration.fields : {},
    )) {
      if (type === "alternatives") own[key] = made;
    }
    return own;
  }

  #titleOf(
    declaration: TargetDeclaration,
    fields: Readonly<Record<string, unknown>>,
    filler: Filler,
  ): string {
    if (declaration.titleOf === "target") {
      const names = declaration.needs.map(({ text }) => fill(text, filler) ?? "…");
      return `target ${names.join(", ")}`;
    }
    const kind = this.#tools.kinds.find((each) => each.kind === declaration.rule);
    return kind?.title(fields) ?? "a group";
  }
}

function fillUnless(filler: Filler, field: DeclaredField): Pick<Target, "unless"> {
  return fillField(filler, "unless", field) === true ? { unless: true } : {};
}

function serviceUses(declaration: TargetDeclaration, filler: Filler): readonly ServiceUse[] {
  if (declaration.with.length === 0) return [];
  return declaration.with.flatMap(({ target, uses }) => {
    const patterns = uses && fillTexts(filler, uses);
    return fillReferences(filler, [target]).map((name) =>
      patterns ? { target: name, uses: patterns } : { target: name },
    );
  });
}
