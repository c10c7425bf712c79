/** Asks servers again what names stand for, and compares that with the lock. Makes nothing and writes nothing. */
import type { Diagnostic } from "../model/diagnostic.ts";
import type { Asked, PinChange } from "../model/pin.ts";
import { pinKey } from "../model/pin-key.ts";
import { ok, type Result } from "../model/result.ts";
import type { Project, Target, TargetName } from "../model/target.ts";
import { inParallel } from "../net/in-parallel.ts";
import type { Pins } from "../pins/pins.ts";
import { askServer } from "../rules/ask-server.ts";
import type { Answer, Asker } from "../rules/asker.ts";
import type { ReadMade } from "../rules/rule.ts";
import { askerOf } from "./asker-of.ts";
import { checkoutFiles } from "./checkout-files.ts";
import { drawGraph } from "./plan/draw-graph.ts";
import { buildGraph } from "./plan/graph.ts";
import { askedBy } from "./plan/mentions.ts";

export interface UpdateRequest {
  readonly project: Project;
  readonly wanted: readonly TargetName[];
  readonly pins: Pins;
  /** Whether something may still name an entry that nobody asked for; those that nothing names are gone. */
  readonly isNamed: (key: string) => boolean;
  /** Tries of one request to a registry in all. */
  readonly tries?: number;
  readonly environment: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

export interface UpdatedPins {
  /** In the order of the lock file. */
  readonly changes: readonly PinChange[];
  /** Of servers that could not be asked: what they were to be asked for stays as it is. */
  readonly problems: readonly Diagnostic[];
}

/** How many servers are asked at once. */
const mostQuestions = 8;

/**
 * Everything below the wanted targets, alternatives that are not taken included.
 * @returns problems of the graph where nobody can be asked
 */
export async function updatePins(request: UpdateRequest): Promise<Result<UpdatedPins>> {
  const { project, pins, signal } = request;
  const asker = askerOf({ ...request, root: project.root, registries: project.registries });
  const { files } = asker;
  const graph = buildGraph(project, files);
  if (!graph.ok) return graph;
  const isMade = (reference: string) => graph.value.makers.has(reference);
  const names = drawGraph(graph.value, request.wanted).targets.map(({ name }) => name);
  const targets = names.map((name) => project.targets.get(name as TargetName) as Target);
  const room: AskingRoom = { ...request, asker, questions: new Map(), answers: new Map() };
  const readAll = (read: ReadMade) =>
    targets.flatMap((target) =>
      askedBy(target, files, isMade, read).map((asked) => ({ asked, target })),
    );
  const nothingMade = () => undefined;
  await askAll(readAll(nothingMade), room);
  // Dockerfiles in checkouts, of the commits that were just told.
  const lockedAs = (key: string) => valueIn(room, key);
  const read = await checkoutFiles(readAll, { project, asker, lockedAs });
  await askAll(readAll(read), room);
  const { answers, questions } = room;
  const problems = [...answers.values()].flatMap((answer) =>
    answer.kind === "is" ? [] : answer.problem,
  );
  const changes = compare(pins, answers, request.isNamed);
  const told = await inParallel(changes, mostQuestions, signal, async (change) => {
    const question = questions.get(change.key);
    return question ? withDistance(change, question, { ...asker, signal }) : change;
  });
  return ok({ changes: told, problems });
}

interface AskingRoom extends Pick<UpdateRequest, "pins" | "signal"> {
  readonly asker: Omit<Asker, "target">;
  /** By key, as the answers. */
  readonly questions: Map<string, Question>;
  readonly answers: Map<string, Answer>;
}

/** What has an answer is not asked again. */
async function askAll(questions: readonly Question[], room: AskingRoom): Promise<void> {
  const open = new Map(questions.map((question) => [pinKey(question.asked), question]));
  for (const key of room.answers.keys()) open.delete(key);
  for (const [key, question] of open) room.questions.set(key, question);
  await inParallel([...open], mostQuestions, room.signal, async ([key, { asked, target }]) => {
    const { asker, signal } = room;
    room.answers.set(key, await askServer(asked, { ...asker, target, signal }));
  });
}

function valueIn({ answers, pins }: AskingRoom, key: string): string | undefined {
  const answer = answers.get(key);
  return answer?.kind === "is" ? answer.value : pins.lock.pins.get(key)?.value;
}

interface Question {
  readonly asked: Asked;
  readonly target: Target;
}

async function withDistance(
  change: PinChange,
  { asked, target }: Question,
  asker: Omit<Asker, "target">,
): Promise<PinChange> {
  if (change.kind !== "moved" || asked.kind !== "git") return change;
  const { commitsBetween } = await import("../rules/git/commits-between.ts");
  const between = await commitsBetween(asked.url, change, { ...asker, target });
  return between ? { ...change, between } : change;
}

function compare(
  { lock, found }: Pins,
  answers: ReadonlyMap<string, Answer>,
  isNamed: UpdateRequest["isNamed"],
): readonly PinChange[] {
  const changes: PinChange[] = [];
  for (const key of [
    ...new Set([...lock.pins.keys(), ...found.keys(), ...answers.keys()]),
  ].sort()) {
    const from = lock.pins.get(key)?.value;
    const answer = answers.get(key);
    const to = answer?.kind === "is" ? answer.value : answer ? undefined : found.get(key);
    if (to === undefined) {
      if (from !== undefined && !answer && !isNamed(key)) changes.push({ kind: "gone", key, from });
    } else if (from === undefined) changes.push({ kind: "added", key, to });
    else if (from === to) changes.push({ kind: "stays", key, to });
    else changes.push({ kind: "moved", key, from, to });
  }
  return changes;
}
