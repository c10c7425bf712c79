/**
 * Writes a Dockerfile with names of images for which the lock has others: those of the very images that are
 * locked. Lines stay where they are, so that the build tells the right ones.
 */
import { failure } from "../problems.ts";
import { normaliseReference } from "../reference.ts";
import { expandVariables } from "../variables.ts";
import { frontendArgument, globalValues, parseDockerfile, unset } from "./dockerfile.ts";
import {
  frontendOf,
  type Instruction,
  readInstructions,
  unquote,
} from "./dockerfile-instructions.ts";

/**
 * @param args build arguments that are given
 * @param pinned names by the normalised references that they stand in for
 * @throws DiagnosticError where a name is written in a way that it cannot be found in its line
 */
export function pinDockerfile(
  text: string,
  args: Readonly<Record<string, string>>,
  pinned: ReadonlyMap<string, string>,
): string {
  const lines = text.split("\n");
  const dockerfile = parseDockerfile(text);
  const values = globalValues(dockerfile, args, new Set());
  const { stages } = dockerfile;
  let begun = 0;
  for (const instruction of readInstructions(text)) {
    const isFrom = instruction.keyword === "FROM";
    // A stage may be called like the image that it is made from.
    const visible = isFrom ? stages.slice(0, begun++) : stages;
    for (const { word, image } of imagesIn(instruction, values)) {
      const isStage = visible.some(({ name }) => name === image.toLowerCase());
      const name = isStage ? undefined : pinned.get(normaliseReference(image));
      if (name !== undefined) replaceIn(lines, instruction, word, name);
    }
  }
  if (args[frontendArgument] === undefined) pinFrontend(text, lines, pinned);
  return lines.join("\n");
}

function pinFrontend(text: string, lines: string[], pinned: ReadonlyMap<string, string>): void {
  const frontend = frontendOf(text);
  const name = frontend && pinned.get(normaliseReference(frontend.image));
  if (!frontend || name === undefined) return;
  const line = lines[frontend.line] as string;
  // Behind the equals sign: what stands before it may hold the same letters.
  const start = line.indexOf(frontend.image, line.indexOf("="));
  lines[frontend.line] = line.slice(0, start) + name + line.slice(start + frontend.image.length);
}

/** What of an instruction names an image, as it is written and as it is meant. */
interface NamedImage {
  readonly word: RegExp;
  readonly image: string;
}

function imagesIn(
  { keyword, words }: Instruction,
  values: ReadonlyMap<string, string | undefined>,
): readonly NamedImage[] {
  if (keyword === "FROM") {
    const word = words.find((each) => !each.startsWith("--")) ?? "";
    const image = expandVariables(unquote(word), (name) =>
      values.has(name) ? values.get(name) : unset(name),
    );
    return image === undefined ? [] : [{ word: wholeWord("\\s", word), image }];
  }
  const flags = words.slice(
    0,
    words.findIndex((word) => !word.startsWith("--")),
  );
  return flags.flatMap((flag) => {
    const pattern = keyword === "COPY" ? /^--from=(.+)$/ : /^--mount=(?:.*,)?from=([^,]+)/;
    const word = keyword === "COPY" || keyword === "RUN" ? pattern.exec(flag)?.[1] : undefined;
    return word === undefined ? [] : [{ word: wholeWord("from=", word), image: unquote(word) }];
  });
}

const wholeWord = (before: string, word: string): RegExp =>
  new RegExp(`(${before})${word.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")}(?=[\\s,"]|$)`);

function replaceIn(lines: string[], { lines: at }: Instruction, word: RegExp, name: string): void {
  for (let index = at[0]; index < at[1]; index++) {
    const line = lines[index] as string;
    if (!word.test(line)) continue;
    lines[index] = line.replace(word, (_, before: string) => before + name);
    return;
  }
  const message = `cannot put the locked image into line ${at[0] + 1} of the Dockerfile`;
  throw failure("usage", "dockerfile-not-pinned", message, {
    hint: "write the name of the image on one line, without continuations in it",
  });
}
