/** Words for what does not fit the lock any more. */
import type { Target } from "../model/target.ts";

/** The next action, where what is locked is not to be had. @param takes what it brings */
export const updateOf = ({ name, alternativeOf }: Target, takes: string): string =>
  `\`tbuild update ${alternativeOf ?? name}\` takes ${takes}`;
