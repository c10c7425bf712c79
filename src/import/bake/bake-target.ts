/** One target of a bake file as targets of the draft: an image, a matrix of images, or each member for itself. */
import type { Location } from "../../model/diagnostic.ts";
import { readBuildSecret } from "../build-secrets.ts";
import {
  type DraftImage,
  type DraftParameter,
  type DraftTarget,
  type Loss,
  type NamedContext,
  noImage,
} from "../draft.ts";
import { reasonFor, unknownKey } from "../reasons.ts";
import type { Scope } from "./hcl/evaluate.ts";
import { isList, isObject, NoValue, type Value } from "./hcl/value.ts";
import { type Member, type Scopes, writtenText } from "./scopes.ts";
import { type Attribute, valueOfLayers } from "./target-layers.ts";

export interface BakeTarget {
  readonly name: string;
  readonly at: Location;
  readonly attributes: ReadonlyMap<string, Attribute>;
  /** At least one; without a matrix it has no values. */
  readonly members: readonly Member[];
  /** Names in the draft of the targets of the bake file. */
  readonly draftName: (bakeName: string) => string | undefined;
}

export interface DraftedImage {
  readonly target: DraftTarget;
  readonly parameters: readonly DraftParameter[];
}

/** Undefined where one image with a matrix does not say what all its members are. */
export function draftBakeTarget(target: BakeTarget, scopes: Scopes): DraftedImage | undefined {
  const reader = new AttributeReader(target, scopes);
  const image: DraftImage = {
    ...noImage,
    ...reader.read(),
    args: reader.texts("args"),
    labels: reader.texts("labels"),
    tags: reader.list("tags"),
    secrets: reader.secrets(),
    contexts: reader.contexts(),
  };
  reader.tellTheRest();
  if (reader.isIrregular) return undefined;
  const help = reader.text("description");
  const { name, at } = target;
  return {
    target: { name, at, losses: reader.losses, image, ...(help !== undefined && { help }) },
    parameters: reader.parameters,
  };
}

/** Attributes that are read here, or that say something else than what an image is. */
const known: ReadonlySet<string> = new Set([
  ...["context", "dockerfile", "dockerfile-inline", "target", "network", "args", "labels", "tags"],
  ...["secret", "contexts", "description", "inherits", "matrix", "name"],
]);

class AttributeReader {
  readonly losses: Loss[] = [];
  readonly parameters: DraftParameter[] = [];
  isIrregular = false;
  readonly #target: BakeTarget;
  readonly #scopes: Scopes;

  constructor(target: BakeTarget, scopes: Scopes) {
    this.#target = target;
    this.#scopes = scopes;
  }

  read(): Partial<DraftImage> {
    const inline = this.text("dockerfile-inline");
    const dockerfile = inline === undefined ? this.text("dockerfile") : `${inline.trimEnd()}\n`;
    const stage = this.text("target");
    const network = this.text("network");
    return {
      context: this.text("context") ?? ".",
      ...(dockerfile !== undefined && { dockerfile }),
      ...(stage !== undefined && stage !== "" && { stage }),
      ...(network !== undefined && { network }),
    };
  }

  text(key: string): string | undefined {
    const value = this.#value(key);
    return value === undefined ? undefined : writtenText(value);
  }

  list(key: string): readonly string[] {
    const value = this.#value(key) ?? [];
    const items = isList(value) ? value : [value];
    return items.flatMap((item) => writtenText(item) ?? []).filter((item) => item !== "");
  }

  texts(key: string): Readonly<Record<string, string>> {
    const value = this.#value(key) ?? {};
    if (!isObject(value)) return {};
    const entries = Object.entries(value).flatMap(([name, item]) => {
      const text = writtenText(item);
      if (item === null && key === "args") {
        this.#lose(key, `build argument \`${name}\``, "it has no value unless one is given");
      }
      return text === undefined ? [] : [[writtenText(name) ?? name, text] as const];
    });
    return Object.fromEntries(entries);
  }

  secrets(): Readonly<Record<string, string>> {
    const value = this.#value("secret") ?? [];
    const found: Record<string, string> = {};
    for (const item of isList(value) ? value : [value]) {
      const text = isObject(item)
        ? Object.entries(item)
            .map(([key, part]) => `${key}=${String(part)}`)
            .join(",")
        : (writtenText(item) ?? "");
      const secret = readBuildSecret(text, this.#placeOf("secret"));
      if (secret === undefined) continue;
      found[secret.id] = `\${${secret.parameter.name}}`;
      this.parameters.push(secret.parameter);
      this.losses.push(...secret.losses);
    }
    return found;
  }

  contexts(): Readonly<Record<string, NamedContext>> {
    const found: Record<string, NamedContext> = {};
    for (const [name, text] of Object.entries(this.texts("contexts"))) {
      const context = this.#contextOf(text);
      if (context !== undefined) found[name] = context;
      else
        this.#lose(
          "contexts",
          `context \`${name}\``,
          `\`${text}\` is nothing that tbuild can lay into a build`,
        );
    }
    return found;
  }

  tellTheRest(): void {
    for (const key of this.#target.attributes.keys()) {
      if (known.has(key)) continue;
      this.#lose(key, `\`${key}\``, reasonFor(key) ?? unknownKey);
    }
  }

  #contextOf(text: string): NamedContext | undefined {
    if (text.startsWith("target:")) {
      const target = this.#target.draftName(text.slice("target:".length));
      return target === undefined ? undefined : { kind: "target", target };
    }
    if (text.startsWith("docker-image://"))
      return { kind: "image", reference: text.slice("docker-image://".length) };
    return /:\/\/|^oci-layout:|@/.test(text) ? undefined : { kind: "folder", folder: text };
  }

  #value(key: string): Value | undefined {
    const attribute = this.#target.attributes.get(key);
    if (attribute === undefined) return undefined;
    const work = (scope: Scope) => valueOfLayers(attribute, scope);
    try {
      const settled = this.#scopes.settle(work, this.#target.members);
      if (settled === undefined) this.isIrregular = true;
      const names = settled?.decidedBy ?? [];
      if (names.length > 0) {
        const shown = names.map((name) => `\`${name}\``).join(" and ");
        this.losses.push({
          at: attribute.at,
          subject: `\`${key}\``,
          verb: `hangs on ${shown}`,
          why: "what follows from the default is written here",
        });
      }
      return settled?.value ?? undefined;
    } catch (error) {
      if (!(error instanceof NoValue)) throw error;
      this.#lose(key, `\`${key}\``, error.message);
      return undefined;
    }
  }

  #lose(key: string, subject: string, why: string): void {
    this.losses.push({ at: this.#placeOf(key), subject, why });
  }

  #placeOf(key: string): Location {
    return this.#target.attributes.get(key)?.at ?? this.#target.at;
  }
}
