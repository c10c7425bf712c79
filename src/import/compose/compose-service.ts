/** One service of a compose file that is built, as an image of the draft. */
import type { Node } from "../../config/yaml/node.ts";
import type { Location } from "../../model/diagnostic.ts";
import { buildSecret } from "../build-secrets.ts";
import {
  type DraftImage,
  type DraftParameter,
  type DraftTarget,
  type Loss,
  type NamedContext,
  noImage,
  type Text,
} from "../draft.ts";
import { reasonFor, unknownKey } from "../reasons.ts";
import { childOf, entriesOf, namesAt, pairsAt, textAt, textsAt } from "./compose-node.ts";
import { interpolate, type Variables } from "./interpolate.ts";

export interface ComposeService {
  readonly name: string;
  readonly node: Node;
  readonly at: Location;
  /** What compose calls an image that has no name. */
  readonly defaultTag: string;
}

export interface ComposeRoom {
  readonly variables: Omit<Variables, "lose">;
  readonly locate: (node: Node) => Location;
  /** `secrets` of the file. */
  readonly secrets: Node | undefined;
  /** Names in the draft of the services that are built. */
  readonly draftName: (service: string) => string | undefined;
}

export interface DraftedService {
  readonly target: DraftTarget;
  readonly parameters: readonly DraftParameter[];
}

export function draftService(
  service: ComposeService,
  target: string,
  room: ComposeRoom,
): DraftedService {
  const reader = new ServiceReader(service, room);
  const image = reader.image();
  reader.tellTheRest();
  const { losses, parameters } = reader;
  return { target: { name: target, at: service.at, losses, image }, parameters };
}

/** Why a service cannot be built here, where it cannot. */
export function remoteContext(node: Node): string | undefined {
  const build = childOf(node, "build");
  const context = textAt(build) ?? textAt(childOf(build, "context"));
  return context !== undefined && /:\/\/|^git@|^github\.com\//.test(context) ? context : undefined;
}

const buildKeys: ReadonlySet<string> = new Set([
  ...["context", "dockerfile", "dockerfile_inline", "args", "target", "labels", "tags", "network"],
  ...["secrets", "additional_contexts"],
]);

/** Of a service; `depends_on` has a reason of its own. */
const serviceKeys: ReadonlySet<string> = new Set(["build", "image", "extends", "profiles"]);

const onlyRuns = "tbuild builds images and does not run them";
const onlyOrders =
  "it is the order of what runs; what images build on is found in their Dockerfiles";

class ServiceReader {
  readonly losses: Loss[] = [];
  readonly parameters: DraftParameter[] = [];
  readonly #service: ComposeService;
  readonly #room: ComposeRoom;
  readonly #build: Node | undefined;

  constructor(service: ComposeService, room: ComposeRoom) {
    this.#service = service;
    this.#room = room;
    this.#build = childOf(service.node, "build");
  }

  image(): DraftImage {
    const build = this.#build;
    // First, so that the parameters of names come before those of arguments.
    const tags = this.#tags();
    const inline = this.#text(childOf(build, "dockerfile_inline"));
    const dockerfile =
      inline === undefined ? this.#text(childOf(build, "dockerfile")) : `${inline.trimEnd()}\n`;
    const stage = this.#text(childOf(build, "target"));
    const network = this.#text(childOf(build, "network"));
    const context = this.#text(build?.kind === "scalar" ? build : childOf(build, "context"));
    return {
      ...noImage,
      context: context ?? ".",
      ...(dockerfile !== undefined && { dockerfile }),
      ...(stage !== undefined && { stage }),
      args: this.#pairs("args"),
      labels: this.#pairs("labels"),
      tags,
      fallbackTag: this.#service.defaultTag,
      secrets: this.#secrets(),
      contexts: this.#contexts(),
      ...(network !== undefined && this.#networkOf(network)),
    };
  }

  tellTheRest(): void {
    for (const { key, value } of entriesOf(this.#build)) {
      if (!buildKeys.has(key) && !key.startsWith("x-"))
        this.#lose(value, `\`${key}\``, reasonFor(key) ?? unknownKey);
    }
    for (const { key, keyAt } of entriesOf(this.#service.node)) {
      if (serviceKeys.has(key) || key.startsWith("x-")) continue;
      const node: Node = { kind: "scalar", value: key, text: key, ...keyAt };
      this.#lose(node, `\`${key}\``, key === "depends_on" ? onlyOrders : onlyRuns);
    }
  }

  #tags(): readonly Text[] {
    const image = this.#text(childOf(this.#service.node, "image"));
    const more = textsAt(childOf(this.#build, "tags")).map((tag) =>
      this.#interpolated(tag, this.#build),
    );
    const tags = [...(image === undefined ? [] : [image]), ...more];
    return [...new Set(tags)];
  }

  #pairs(key: "args" | "labels"): Readonly<Record<string, Text>> {
    const found: Record<string, Text> = {};
    for (const { key: name, value, node } of pairsAt(childOf(this.#build, key))) {
      if (value !== undefined) found[name] = this.#interpolated(value, node);
      else if (this.#room.variables.known.has(name))
        found[name] = this.#interpolated(`\${${name}}`, node);
      else
        this.#lose(
          node,
          `\`${name}\` of \`${key}\``,
          "it has no value here; declare a parameter with `env` for it",
        );
    }
    return found;
  }

  #networkOf(network: Text): Partial<DraftImage> {
    if (["default", "host", "none"].includes(network)) return { network };
    const node = childOf(this.#build, "network");
    if (node !== undefined)
      this.#lose(
        node,
        `network \`${network}\``,
        "builds have the networks `default`, `host` and `none`",
      );
    return {};
  }

  #secrets(): Readonly<Record<string, Text>> {
    const list = childOf(this.#build, "secrets");
    const found: Record<string, Text> = {};
    for (const item of list?.kind === "list" ? list.items : []) {
      const source = textAt(item) ?? textAt(childOf(item, "source"));
      if (source === undefined) continue;
      const declared = childOf(this.#room.secrets, source);
      const from = {
        env: textAt(childOf(declared, "environment")),
        file: textAt(childOf(declared, "file")),
      };
      const secret = buildSecret(
        textAt(childOf(item, "target")) ?? source,
        from,
        this.#room.locate(item),
      );
      found[secret.id] = `\${${secret.parameter.name}}`;
      this.parameters.push(secret.parameter);
      this.losses.push(...secret.losses);
    }
    return found;
  }

  #contexts(): Readonly<Record<string, NamedContext>> {
    const found: Record<string, NamedContext> = {};
    for (const { key, value = "", node } of pairsAt(childOf(this.#build, "additional_contexts"))) {
      const context = this.#contextOf(this.#interpolated(value, node));
      if (context !== undefined) found[key] = context;
      else
        this.#lose(
          node,
          `context \`${key}\``,
          `\`${value}\` is nothing that tbuild can lay into a build`,
        );
    }
    return found;
  }

  #contextOf(text: Text): NamedContext | undefined {
    if (text.startsWith("service:")) {
      const target = this.#room.draftName(text.slice("service:".length));
      return target === undefined ? undefined : { kind: "target", target };
    }
    if (text.startsWith("docker-image://"))
      return { kind: "image", reference: text.slice("docker-image://".length) };
    return /:\/\/|^oci-layout:|@/.test(text) ? undefined : { kind: "folder", folder: text };
  }

  #text(node: Node | undefined): Text | undefined {
    const text = textAt(node);
    return text === undefined ? undefined : this.#interpolated(text, node);
  }

  #interpolated(text: string, node: Node | undefined): Text {
    const lose = (subject: string, why: string) =>
      this.#lose(node ?? this.#service.node, subject, why);
    return interpolate(text, { ...this.#room.variables, lose });
  }

  #lose(node: Node, subject: string, why: string): void {
    this.losses.push({ at: this.#room.locate(node), subject, why });
  }
}

/** Names of the profiles that a service belongs to. */
export const profilesOf = (node: Node): readonly string[] => namesAt(childOf(node, "profiles"));
