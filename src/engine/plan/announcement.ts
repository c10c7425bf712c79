/** What is told of a `first-of`: which alternative it took, and which it passed over. */
import type { Event } from "../../model/event.ts";
import type { Target } from "../../model/target.ts";
import { alternativesOf } from "./alternatives.ts";
import type { Plan } from "./plan.ts";

export type Announcement = Event & { readonly kind: "alternative" };

/** @returns undefined for other targets, and where no alternative is left */
export function announcementOf(target: Target, plan: Plan): Announcement | undefined {
  const choice = plan.choiceOf(target.name);
  const name = choice && alternativesOf(target)[choice.index];
  const chosen = name && plan.graph.project.targets.get(name);
  if (!choice || !chosen) return undefined;
  const { passedOver } = choice;
  return { kind: "alternative", target: target.name, chosen: chosen.title, passedOver };
}
