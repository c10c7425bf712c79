/** Names for the colours of a report, and when to use them. Which escape codes they are is chalk's business. */

type Brush = (text: string) => string;

export interface Paint {
  readonly good: Brush;
  readonly bad: Brush;
  readonly warn: Brush;
  readonly busy: Brush;
  readonly strong: Brush;
  readonly dim: Brush;
}

const asIs: Brush = (text) => text;

/** No colours at all. */
export const plainPaint: Paint = {
  good: asIs,
  bad: asIs,
  warn: asIs,
  busy: asIs,
  strong: asIs,
  dim: asIs,
};

/**
 * Whether to colour: `FORCE_COLOR` outweighs `NO_COLOR`, and both outweigh the terminal. chalk's own
 * detection does not know `NO_COLOR` and reads `--color` from the command line, where it may be a
 * parameter of the target file.
 */
export function wantsColours(environment: NodeJS.ProcessEnv, isTerminal: boolean): boolean {
  const forced = environment["FORCE_COLOR"];
  if (forced !== undefined) return !["0", "false"].includes(forced);
  if (environment["NO_COLOR"]) return false;
  return isTerminal && environment["TERM"] !== "dumb";
}

/** Colours by chalk, loaded only when there are any: it takes a tenth of a start. */
export async function loadPaint(colours: boolean): Promise<Paint> {
  if (!colours) return plainPaint;
  const { Chalk } = await import("chalk");
  const chalk = new Chalk({ level: 1 });
  return {
    good: chalk.green,
    bad: chalk.red.bold,
    warn: chalk.yellow,
    busy: chalk.cyan,
    strong: chalk.bold,
    dim: chalk.dim,
  };
}
