/** What images are called in the registry that they are pushed to. Pure text. */
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { Target } from "../../model/target.ts";
import { usageProblem } from "../problems.ts";
import { isTag, longestTag, parseReference } from "../reference.ts";

/** Where a `push` target sends images, and under which tags. */
export interface PushPlace {
  /** HOST or HOST/NAME, as it was declared. */
  readonly registry: string;
  /** In place of the images' own tags. */
  readonly tags?: readonly string[] | undefined;
}

/** The names that an image with this reference gets in the registry; a digest is no name. */
export function namesInRegistry(
  { registry, tags }: PushPlace,
  reference: string,
): readonly string[] {
  const own = nameIn(registry.replace(/\/+$/, ""), reference);
  if (own === undefined || tags === undefined) return own === undefined ? [] : [own];
  const repository = own.slice(0, own.lastIndexOf(":"));
  return [...new Set(tags)].map((tag) => `${repository}:${tag}`);
}

/**
 * HOST/NAME takes the place of what stands before the last part: `shop/web:1` is `HOST/NAME/web:1`.
 * A HOST alone takes the place of the registry only: `HOST/shop/web:1`. A digest is no tag.
 */
export function nameIn(registry: string, reference: string): string | undefined {
  const parsed = parseReference(reference);
  if (parsed === undefined || parsed.digest !== undefined) return undefined;
  const { repository, tag = "latest" } = parsed;
  const name = registry.includes("/") ? repository.replace(/^.*\//, "") : repository;
  return `${registry}/${name}:${tag}`;
}

/** What of `tags` can be no tag. */
export function pushTagProblems(
  tags: readonly string[] | undefined,
  target: Target,
): readonly Diagnostic[] {
  const problem = (message: string, hint: string) =>
    usageProblem(target, "tags", { code: "bad-tag", message, hint });
  if (tags?.length === 0) {
    return [problem("`tags` is empty", "leave it out to push the images' own tags")];
  }
  return (tags ?? []).filter((tag) => !isTag(tag)).map((tag) => problem(...whyNoTag(tag)));
}

function whyNoTag(tag: string): readonly [message: string, hint: string] {
  const rule = `a tag has letters, digits, \`.\`, \`_\` and \`-\`, begins with no \`.\` or \`-\`, and has at most ${longestTag} characters`;
  if (tag === "") return ["a tag is empty", rule];
  if (tag.length > longestTag) {
    return [`\`${tag.slice(0, 20)}…\` is no tag: it has ${tag.length} characters`, rule];
  }
  const hint = /[:/]/.test(tag)
    ? "leave the name of the image out: each is pushed under its own"
    : rule;
  return [`\`${tag}\` is no tag`, hint];
}
