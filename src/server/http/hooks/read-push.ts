/** What a delivery says, of which only the branch and its head count: the rest is asked of git. */
import { z } from "zod";
import { branch } from "../api/schemas.ts";

export type Told =
  | { readonly kind: "ping" }
  | { readonly kind: "ignored"; readonly why: string }
  | {
      readonly kind: "push";
      readonly branch: string;
      readonly commit?: string;
      /** Milliseconds since the epoch at which it was pushed, where the sender says so. */
      readonly pushedAt?: number;
    }
  | { readonly kind: "unreadable" };

/** The same for all senders. */
const push = z.object({
  ref: z.string(),
  after: z.string().nullish(),
  deleted: z.boolean().nullish(),
  repository: z.object({ pushed_at: z.union([z.number(), z.string()]).nullish() }).nullish(),
});

export function readPush(event: string, body: Buffer, contentType: string): Told {
  if (event === "ping") return { kind: "ping" };
  if (event !== "push") return { kind: "ignored", why: `\`${event}\` is no push to a branch` };
  const found = push.safeParse(payloadOf(body, contentType));
  if (!found.success) return { kind: "unreadable" };
  const { ref, after, deleted, repository } = found.data;
  const name = branch.safeParse(ref.replace(/^refs\/heads\//, ""));
  if (!ref.startsWith("refs/heads/")) return { kind: "ignored", why: "it is no branch" };
  if (deleted === true || /^0+$/.test(after ?? "")) {
    return { kind: "ignored", why: "the branch was deleted" };
  }
  if (!name.success) return { kind: "unreadable" };
  const pushedAt = repository?.pushed_at;
  return {
    kind: "push",
    branch: name.data,
    ...(/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(after ?? "") && { commit: after as string }),
    ...(typeof pushedAt === "number" && { pushedAt: pushedAt * 1000 }),
  };
}

/** GitHub and Gitea send JSON as a field of a form when they are told so. */
function payloadOf(body: Buffer, contentType: string): unknown {
  const text = body.toString("utf8");
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(contentType);
  try {
    return JSON.parse(isForm ? (new URLSearchParams(text).get("payload") ?? "") : text);
  } catch {
    return undefined;
  }
}
