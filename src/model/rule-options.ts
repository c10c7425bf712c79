/** The options of builds that only targets of some rule understand. What they do is said by the rule. */
import type { OptionDefinition } from "./command-line.ts";
import { removalKinds } from "./removal.ts";

export interface RuleOption extends OptionDefinition {
  /** Kind of the targets that it is for. */
  readonly rule: string;
}

/** Options of a build that only targets of some rule understand. */
export const ruleOptions: readonly RuleOption[] = [
  {
    rule: "push",
    name: "digests",
    takes: "FILE",
    help: "Write the digests of all that is pushed: JSON, or lines in a .txt",
  },
  {
    rule: "clean",
    name: "only",
    takes: "KINDS",
    choices: removalKinds,
    list: true,
    help: "Remove only these kinds of things, with commas between them",
  },
  {
    rule: "clean",
    name: "older-than",
    takes: "DURATION",
    help: "Remove only what was made or used longer ago: 12 h, 7 d",
  },
];
