/**
 * The parameters of a target file and of those that it includes: whose value an including file gives, and
 * which are one and the same. What they are declared to be is read by `read-parameters.ts`.
 */
import type { Diagnostic, Location } from "../../model/diagnostic.ts";
import type { Parameter } from "../../model/parameter.ts";
import type { Binding } from "../declaration.ts";
import * as problems from "../problems/problems.ts";
import { readParameters } from "../read/read-parameters.ts";
import { readText, readTextOfList } from "../read/read-text.ts";
import { placeOf, type Reader, type ScopedParameter, suggest } from "../read/reader.ts";
import { type Entry, type MapNode, type Node, valueAt } from "../yaml/node.ts";

/** An include as it is written in the outer file. */
export interface Inclusion {
  readonly outer: Reader;
  readonly prefix: string;
  readonly at: Location;
  /** Values that the outer file fixes. */
  readonly fixed: readonly Entry[];
}

export class FileParameters {
  readonly shared = new Map<string, Parameter>();
  readonly bindings: Binding[] = [];
  readonly #problems: Diagnostic[];

  constructor(problems: Diagnostic[]) {
    this.#problems = problems;
  }

  /** Adds those of one file to its scope. */
  read(
    reader: Reader,
    found: {
      readonly top: MapNode;
      readonly parameters: Map<string, ScopedParameter>;
      readonly inclusion: Inclusion | undefined;
    },
  ): void {
    const node = valueAt(found.top, "params");
    const declared = node ? readParameters(reader, node) : [];
    const { inclusion } = found;
    for (const parameter of declared) {
      const entry = inclusion?.fixed.find(({ key }) => key === parameter.name);
      const scoped =
        entry && inclusion
          ? this.#bind(parameter, entry, inclusion)
          : this.#share(parameter, inclusion);
      found.parameters.set(parameter.name, scoped);
    }
    for (const parameter of declared) this.#addOthers(parameter, found.parameters);
    for (const { key, keyAt } of inclusion?.fixed ?? []) {
      const names = declared.map(({ name }) => name);
      if (inclusion === undefined || names.includes(key)) continue;
      const near = suggest(reader, key, names);
      const where = `\`${inclusion.prefix.slice(0, -1)}\``;
      this.#problems.push(problems.unknownFixed(where, key, placeOf(inclusion.outer, keyAt), near));
    }
  }

  /** Says what a piece of a list stands for where it is left out: the parameter of its name in the same file. */
  #addOthers(parameter: Parameter, scope: ReadonlyMap<string, ScopedParameter>): void {
    if (!parameter.form) return;
    const pieces = parameter.form.pieces.map((piece) => {
      const other = scope.get(piece.name);
      const isText = other && other.type !== "secret" && other.type !== "list";
      return isText ? { ...piece, otherwise: other.key } : piece;
    });
    const full = { ...parameter, form: { ...parameter.form, pieces } };
    if (this.shared.get(parameter.name) === parameter) this.shared.set(parameter.name, full);
    for (const [index, binding] of this.bindings.entries()) {
      if (binding.parameter === parameter) this.bindings[index] = { ...binding, parameter: full };
    }
  }

  /** A parameter whose value the including file gives. */
  #bind(parameter: Parameter, entry: Entry, { outer, prefix }: Inclusion): ScopedParameter {
    const { type, name } = parameter;
    if (type === "secret") return this.#bindSecret(parameter, entry, outer);
    const key = prefix + name;
    const node: Node =
      entry.value.kind === "scalar" && typeof entry.value.value === "boolean"
        ? { ...entry.value, value: entry.value.text }
        : entry.value;
    outer.uses.clear();
    const what = `parameter \`${name}\``;
    const value = type === "list" ? readTextOfList(outer, node, what) : readText(outer, node, what);
    if (value !== undefined) {
      const folder = outer.scope.folder;
      this.bindings.push({ key, parameter, value, folder, uses: [...outer.uses] });
    }
    return scopedAs(key, parameter);
  }

  #bindSecret({ name, type }: Parameter, { value }: Entry, outer: Reader): ScopedParameter {
    const inner = value.kind === "scalar" ? /^\$\{([^}]*)\}$/.exec(value.text)?.[1] : undefined;
    const secret = outer.scope.parameters.get(inner ?? "");
    if (secret?.type === "secret") return secret;
    const example = [...outer.scope.parameters].find(([, each]) => each.type === "secret")?.[0];
    const at = placeOf(outer, value);
    this.#problems.push(problems.notASecret(`parameter \`${name}\``, at, example));
    return { key: name, type };
  }

  /** One parameter for all files that declare the name; the outermost declaration counts. */
  #share(parameter: Parameter, inclusion: Inclusion | undefined): ScopedParameter {
    const { name, type, declaredAt } = parameter;
    const shared = inclusion?.outer.scope.parameters.get(name);
    const known = this.shared.get(name);
    if (shared === undefined && known === undefined) {
      this.shared.set(name, parameter);
      return scopedAs(name, parameter);
    }
    const other = shared?.type ?? known?.type ?? type;
    if (other !== type) {
      const places = known ? [declaredAt, known.declaredAt] : [declaredAt];
      this.#problems.push(problems.typeConflict(name, [type, other], places));
    }
    const form = (shared ?? known)?.form?.text;
    if (other === type && form !== parameter.form?.text) {
      const forms = [parameter.form?.text, form];
      this.#problems.push(problems.formConflict(name, forms, declaredAt));
    }
    const key = shared?.key ?? name;
    const asGiven = parameter.required && type !== "secret" && key === name && inclusion;
    return asGiven
      ? this.#bindGiven(parameter, inclusion)
      : { ...scopedAs(key, parameter), type: other };
  }

  /** What somebody gives the outer parameter, but not its default. */
  #bindGiven(parameter: Parameter, { outer, prefix }: Inclusion): ScopedParameter {
    const { name, declaredAt } = parameter;
    const key = prefix + name;
    this.bindings.push({
      key,
      parameter,
      value: { text: [{ param: name }], at: declaredAt },
      folder: outer.scope.folder,
      uses: [name],
      onlyGiven: true,
    });
    return scopedAs(key, parameter);
  }
}

const scopedAs = (key: string, { type, form }: Parameter): ScopedParameter => ({
  key,
  type,
  ...(form && { form }),
});
