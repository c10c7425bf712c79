/** Makes random fleets, and random changes of their declarations. */
import type { Declared, FirstOfRule, Fleet, Pattern, Rule, Source, Step } from "./fleet.ts";
import type { Random } from "./random-numbers.ts";

const memberValues = ["a", "b", "c"] as const;
export const parameterValues = { p: ["a", "b", "c"], q: ["x", "y"] } as const;
export const givenParameters = ["g", "h"] as const;
export const variables = ["TB_ONE", "TB_TWO"] as const;

const most = 60;

export function generateFleet(random: Random): Fleet {
  const limit = 4 + random.below(most - 4);
  const fleet: Declared[] = [];
  for (let size = 0; ; ) {
    const declared = newTarget(random, fleet);
    size += sizeOf(declared);
    if (size >= limit && fleet.length > 0) break;
    fleet.push(declared);
  }
  const all = { name: "all", rule: { kind: "group" }, needs: fleet.map(({ name }) => name) };
  return [...fleet, { ...all, after: [] } as Declared];
}

/** The same fleet with one declaration changed; names, matrices and the order stay. */
export function editFleet(random: Random, fleet: Fleet): Fleet {
  const index = random.below(fleet.length - 1);
  const before = fleet.slice(0, index);
  const old = fleet[index] as Declared;
  const edited = random.chance(0.6)
    ? reworded(random, old)
    : { ...old, ...body(random, before, old) };
  return fleet.map((declared, at) => (at === index ? edited : declared));
}

const sizeOf = ({ matrix, rule }: Declared): number =>
  (matrix?.length ?? 1) * (rule.kind === "first-of" ? 2 + rule.given.length : 1);

function newTarget(random: Random, before: Fleet): Declared {
  const name = `t${before.length}`;
  const matrix = random.chance(0.2) ? random.some(memberValues, 2 + random.below(2)) : undefined;
  const target = { name, ...(matrix && { matrix }) };
  return { ...target, ...body(random, before, target) };
}

/** All of a declaration but its name and matrix. */
function body(random: Random, before: Fleet, target: Pick<Declared, "name" | "matrix">) {
  const references = pickTargets(random, before, target.matrix);
  const needs = random.chance(0.15) ? references.slice(0, 1) : [];
  const after = random.chance(0.2) ? pickTargets(random, before, target.matrix).slice(0, 1) : [];
  const kind = random.below(100);
  const isPlain = target.matrix === undefined && before.length > 0;
  if (isPlain && kind < 10) {
    return { rule: { kind: "group" } as const, needs: orAny(random, references, before), after };
  }
  if (isPlain && kind < 22) return { rule: firstOf(random, before), needs: [], after: [] };
  if (kind < 36) return { rule: archive(random, references, target), needs, after };
  return { rule: run(random, references, target), needs, after };
}

function pickTargets(random: Random, before: Fleet, matrix: Declared["matrix"]): readonly string[] {
  return random.some(before, random.below(4)).map((target) => {
    if (target.matrix === undefined || random.chance(0.3)) return target.name;
    const covered = matrix?.every((value) => target.matrix?.includes(value));
    return `${target.name}[${covered ? "${m}" : random.pick(target.matrix)}]`;
  });
}

const orAny = (random: Random, references: readonly string[], before: Fleet): readonly string[] =>
  references.length > 0 ? references : [random.pick(before).name];

function firstOf(random: Random, before: Fleet): FirstOfRule {
  const given = random.some(givenParameters, 1 + random.below(2)).map((parameter) => ({
    parameter,
    ...(random.chance(0.5) && { match: random.pick(["*.txt", "*.dat", "sub/*"]) }),
  }));
  return { kind: "first-of", given, target: random.pick(before).name };
}

function archive(
  random: Random,
  references: readonly string[],
  { name, matrix }: Pick<Declared, "name" | "matrix">,
): Rule {
  const patterns = pickPatterns(random, matrix, references.length === 0 ? 1 : 0);
  const prefix = random.chance(0.5) ? { prefix: random.pick(["v1/", "v2/"]) } : {};
  return { kind: "archive", patterns, targets: references, ...prefix, stem: stem(random, name) };
}

function run(
  random: Random,
  references: readonly string[],
  { name, matrix }: Pick<Declared, "name" | "matrix">,
): Rule {
  const patterns = pickPatterns(random, matrix, 0);
  const passEnv = random.some(variables, random.chance(0.25) ? 1 : 0);
  const sources: Source[] = [
    ...patterns.flatMap(({ not }, pattern) => (not ? [] : [{ pattern }])),
    ...references.map((target) => ({ target })),
  ];
  const steps = pickSteps(random, sources, passEnv, matrix !== undefined);
  return { kind: "run", patterns, targets: references, steps, passEnv, stem: stem(random, name) };
}

/** Outputs of a variant are apart, unless the fleet's author was careless. */
const stem = (random: Random, name: string): string =>
  `${random.chance(0.2) ? "${p}/" : ""}${name}${random.chance(0.3) ? "-v" : ""}`;

function pickPatterns(random: Random, matrix: Declared["matrix"], least: number): Pattern[] {
  const patterns: Pattern[] = [];
  for (let n = least + random.below(3); n > 0; n--) patterns.push(pickPattern(random, matrix));
  if (patterns.length > 0 && random.chance(0.2)) {
    patterns.push({ folder: "in", deep: true, ending: ".tmp", not: true });
  }
  return patterns;
}

function pickPattern(random: Random, matrix: Declared["matrix"]): Pattern {
  const ending = random.pick(["", "", ".txt", ".dat"]);
  const kind = random.below(10);
  if (matrix && kind < 4) return { folder: "in/m-${m}", deep: false, ending };
  if (kind < 6) {
    const only = `x${random.below(6)}.txt`;
    return { folder: "in/one", deep: false, ending: "", only };
  }
  if (kind < 8) return { folder: `in/flat${random.below(3)}`, deep: false, ending };
  return { folder: `in/deep${random.below(2)}`, deep: true, ending };
}

function pickSteps(
  random: Random,
  sources: readonly Source[],
  passEnv: readonly string[],
  isMember: boolean,
): readonly Step[] {
  const steps: Step[] = [];
  if (random.chance(0.3)) steps.push({ step: "comment", text: random.pick(["one", "two"]) });
  if (sources.length > 0) {
    // What fails in every tenth state is enough.
    if (random.chance(0.1)) steps.push({ step: "check", source: random.pick(sources) });
    const step = random.pick(["first-line", "copy", "folder", undefined, undefined] as const);
    if (step !== undefined) steps.push({ step, source: random.pick(sources) });
  }
  if (steps.every(({ step }) => step === "comment" || step === "check") || random.chance(0.4)) {
    const words = [random.pick(["lo", "hi"])];
    if (random.chance(0.2)) words.push("${p}");
    if (random.chance(0.2)) words.push("${q}");
    if (isMember && random.chance(0.5)) words.push("${m}");
    for (const name of passEnv) if (random.chance(0.8)) words.push(`"$\${${name}-none}"`);
    steps.push({ step: "join", words, sources: random.some(sources, random.below(3)) });
  }
  return steps;
}

/** Another word or comment in a command, another prefix in an archive, another need of a group. */
function reworded(random: Random, declared: Declared): Declared {
  const { rule } = declared;
  if (rule.kind === "archive") {
    return { ...declared, rule: { ...rule, prefix: random.pick(["v1/", "v2/", "v3/"]) } };
  }
  if (rule.kind !== "run") return declared;
  const steps = rule.steps.filter(({ step }) => step !== "comment");
  const changed = steps.map((step) =>
    step.step === "join" && random.chance(0.5)
      ? { ...step, words: [random.pick(["lo", "hi", "ha"]), ...step.words.slice(1)] }
      : step,
  );
  const comment: Step = { step: "comment", text: random.pick(["one", "two", "three"]) };
  return { ...declared, rule: { ...rule, steps: [comment, ...changed] } };
}
