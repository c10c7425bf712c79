/** Writes a fleet down as a target file, and settles what its commands read and make. */
import { type Act, shellOf } from "./acts.ts";
import {
  type Declared,
  type Fleet,
  membersOf,
  type Pattern,
  patternText,
  type RunRule,
  type Source,
  type Step,
} from "./fleet.ts";
import { givenParameters, parameterValues } from "./generate-fleet.ts";

interface Made {
  readonly kind: "file" | "tree";
  /** May hold `${m}` and `${p}`. */
  readonly path: string;
}

/** A target as its keys in the target file, with what these stand for. */
export interface Written {
  readonly declared: Declared;
  readonly keys: Readonly<Record<string, unknown>>;
  readonly acts: readonly Act[];
  readonly made: readonly Made[];
}

export type WrittenFleet = ReadonlyMap<string, Written>;

export function declare(fleet: Fleet): WrittenFleet {
  const written = new Map<string, Written>();
  for (const declared of fleet) written.set(declared.name, write(declared, fleet, written));
  return written;
}

/** One line a target, which is easy to look through. */
export function targetFile(written: WrittenFleet): string {
  const params = {
    p: { default: "a", choices: parameterValues.p },
    q: { default: "x" },
    ...Object.fromEntries(givenParameters.map((name) => [name, { type: "path" }])),
  };
  const lines = [...written].map(([name, { declared, keys }]) => {
    const { matrix, needs, after } = declared;
    const all = {
      ...(matrix && { matrix: { m: matrix } }),
      ...keys,
      ...(needs.length > 0 && { needs }),
      ...(after.length > 0 && { after }),
    };
    return `  ${name}: ${inline(all)}`;
  });
  return `params: ${inline(params)}\ntargets:\n${lines.join("\n")}\n`;
}

/** JSON is YAML too; with blanks in it tbuild's own reader takes it, many times as fast as the other. */
const inline = (value: unknown): string => JSON.stringify(value, null, 1).replace(/\n */g, " ");

function write(declared: Declared, fleet: Fleet, known: WrittenFleet): Written {
  const { rule, matrix } = declared;
  const patterns = "patterns" in rule ? rule.patterns.map(patternText) : [];
  const targets = "targets" in rule ? rule.targets.map((target) => ({ target })) : [];
  const stem = "stem" in rule ? `out/${rule.stem}${matrix ? "-${m}" : ""}` : "";
  switch (rule.kind) {
    case "group":
      return { declared, keys: {}, acts: [], made: [] };
    case "first-of": {
      const given = rule.given.map(({ parameter, match }) => ({
        use: `\${${parameter}}`,
        ...(match !== undefined && { match: [match] }),
      }));
      return { declared, keys: { "first-of": [...given, { target: rule.target }] }, ...nothing };
    }
    case "archive": {
      const made: Made[] = [{ kind: "file", path: `${stem}.tgz` }];
      const keys = { archive: [...patterns, ...targets], to: `${stem}.tgz` };
      const prefix = rule.prefix === undefined ? {} : { prefix: rule.prefix };
      return { declared, keys: { ...keys, ...prefix }, acts: [], made };
    }
    case "run": {
      const find = (source: Source) => findSource(source, rule, fleet, known);
      const acts = rule.steps.map((step) => actOf(step, stem, find));
      const made = acts.flatMap(madeBy);
      const keys = {
        run: acts.map(shellOf).join("; "),
        ...(patterns.length + targets.length > 0 && { inputs: [...patterns, ...targets] }),
        outputs: made.map(({ kind, path }) => (kind === "tree" ? `${path}/` : path)),
        ...(rule.passEnv.length > 0 && { "pass-env": rule.passEnv }),
      };
      return { declared, keys, acts, made };
    }
  }
}

const nothing = { acts: [], made: [] };

/** Files of a folder: `whole` when nothing below it is left out. */
interface Glob {
  readonly kind: "glob";
  readonly folder: string;
  readonly ending: string;
  readonly whole: boolean;
}

type Found = Made | Glob;

/** The places behind a source; of an alternative nobody knows where it lies. */
function findSource(
  source: Source,
  rule: RunRule,
  fleet: Fleet,
  known: WrittenFleet,
): readonly Found[] {
  if ("target" in source) return placesOf(source.target, fleet, known);
  const pattern = rule.patterns[source.pattern] as Pattern;
  const { folder, deep, only } = pattern;
  if (only !== undefined) return [{ kind: "file", path: `${folder}/${only}` }];
  const leftOut = rule.patterns.some(({ not }) => not);
  // The shell's `*` finds folders too, and what was left out.
  const ending = pattern.ending || (deep || leftOut ? ".txt" : "");
  return [{ kind: "glob", folder, ending, whole: deep && !leftOut && pattern.ending === "" }];
}

function placesOf(reference: string, fleet: Fleet, known: WrittenFleet): readonly Made[] {
  return membersOf(reference, fleet).flatMap(({ declared, member }) => {
    if (declared.rule.kind === "group") {
      return declared.needs.flatMap((need) => placesOf(need, fleet, known));
    }
    return (known.get(declared.name)?.made ?? []).map(({ kind, path }) => ({
      kind,
      path: path.replaceAll("${m}", member ?? ""),
    }));
  });
}

function actOf(step: Step, stem: string, find: (source: Source) => readonly Found[]): Act {
  switch (step.step) {
    case "comment":
      return { act: "comment", text: step.text };
    case "join": {
      const reads = step.sources.flatMap(find).flatMap(textsIn);
      return { act: "join", words: step.words, reads: [...new Set(reads)], to: `${stem}.txt` };
    }
    case "folder": {
      const [found] = find(step.source);
      return found ? folderAct(found, `${stem}.d`) : word(`${stem}.line`);
    }
    case "copy": {
      const read = find(step.source).flatMap(fileIn)[0];
      if (read === undefined) return word(`${stem}.line`);
      return { act: "copy", read, to: isArchive(read) ? `${stem}.copy.tgz` : `${stem}.copy` };
    }
    case "first-line":
    case "check": {
      const read = find(step.source)
        .flatMap(fileIn)
        .find((file) => !isArchive(file));
      if (step.step === "check") {
        return read === undefined ? { act: "comment", text: "unchecked" } : { act: "check", read };
      }
      return read === undefined
        ? word(`${stem}.line`)
        : { act: "first-line", read, to: `${stem}.line` };
    }
  }
}

const word = (to: string): Act => ({ act: "join", words: ["word"], reads: [], to });

function folderAct(found: Found, to: string): Act {
  if (found.kind === "tree") return { act: "copy-tree", read: found.path, to };
  if (found.kind !== "glob") return { act: "gather", read: found.path, to };
  if (found.whole) return { act: "copy-tree", read: found.folder, to };
  return { act: "gather", read: `${found.folder}/*${found.ending}`, to };
}

/** What text there is to read. */
function textsIn(found: Found): readonly string[] {
  if (found.kind === "glob") return [`${found.folder}/*${found.ending}`];
  if (found.kind === "tree") return [`${found.path}/*.txt`];
  return isArchive(found.path) ? [] : [found.path];
}

/** One file that is likely to be there. */
function fileIn(found: Found): readonly string[] {
  if (found.kind === "tree") return [];
  if (found.kind !== "glob") return [found.path];
  return [`${found.folder}/a${found.ending || ".txt"}`];
}

const isArchive = (file: string): boolean => file.endsWith(".tgz");

function madeBy(act: Act): readonly Made[] {
  if (act.act === "check" || act.act === "comment") return [];
  return [
    { kind: act.act === "gather" || act.act === "copy-tree" ? "tree" : "file", path: act.to },
  ];
}
