/** Rule `first-of`: alternatives tried in order. Only its keys are told here; the engine chooses. */
import { required } from "./fields.ts";
import { ruleKind } from "./rule.ts";

export const firstOf = ruleKind({
  kind: "first-of",
  help: "The first of some ways to obtain this that serves",
  fields: {
    "first-of": required("alternatives", "Rules and targets, tried in order"),
  },
  outputs: () => [],
  title: () => "first-of",
  async act() {
    throw new Error("a `first-of` target is made through its alternatives");
  },
});
