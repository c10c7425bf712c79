/** The keys of rule `git`, and what follows from them alone. */
import type { Target } from "../../model/target.ts";
import { optional, required, type ValuesOf } from "../fields.ts";
import { ownOutput } from "../own-output.ts";

export const gitFields = {
  git: required("string", "URL or path of the repository"),
  ref: optional("string", "Commit, tag or branch; the remote's HEAD without it"),
  submodules: optional("flag", "Check out submodules too"),
  to: optional("output", "Folder of the checkout"),
};

export type GitValues = ValuesOf<typeof gitFields>;

/** Folder of the checkout, relative to the workspace. */
export const checkoutPlace = ({ to }: GitValues, target: Target): string =>
  (to ?? ownOutput(target, "checkout")).replace(/\/+$/, "");
