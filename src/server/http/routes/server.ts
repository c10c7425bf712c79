/** Routes of the server itself: configuration, health, figures, webhooks. */
import { createHash } from "node:crypto";
import { z } from "zod";
import { json } from "../answers/answer.ts";
import { namesTag } from "../answers/send-log.ts";
import { type AnswerShape, type Route, route } from "../api/route.ts";
import { name } from "../api/schemas.ts";
import { defaultLimits } from "../options.ts";
import { Refusal, valueIn } from "../refusal.ts";

const configText: AnswerShape = { what: "Its text", type: "application/yaml" };

const showConfig = route(
  {
    method: "GET",
    path: "/api/v1/config",
    summary: "The configuration; `etag` names it for a change",
    scope: "admin",
    answers: { 200: configText },
  },
  ({ room }) => configAnswer(room.core.configText()),
);

const changeConfig = route<unknown, unknown, Buffer>(
  {
    method: "PUT",
    path: "/api/v1/config",
    summary:
      "Replaces the configuration, if it holds; with `if-match` only if nobody else did before",
    scope: "admin",
    body: { kind: "bytes", limit: defaultLimits.bodyBytes, type: "application/yaml" },
    answers: { 200: configText },
  },
  async ({ body, headers, caller, room }) => {
    const condition = headers["if-match"];
    if (condition !== undefined && !namesTag(condition, etagOf(room.core.configText()))) {
      throw new Refusal(412, "changed-meanwhile", "the configuration was changed meanwhile", {
        hint: "read it again, and make the change there",
      });
    }
    valueIn(await room.core.changeConfig(textOf(body), caller.token?.name ?? ""));
    return { ...configAnswer(room.core.configText()), result: "changed" };
  },
);

const hook = route<{ repository: string }, unknown, Buffer>(
  {
    method: "POST",
    path: "/hooks/{repository}",
    summary: "Takes webhooks of GitHub, Gitea and GitLab, proved by the secret of the repository",
    scope: "anyone",
    params: z.strictObject({ repository: name }),
    body: { kind: "bytes", limit: defaultLimits.hookBytes, type: "application/json" },
    answers: {
      200: { what: "Nothing has to be done", schema: hookAnswer("ignored", "pong") },
      202: { what: "Git will be asked", schema: hookAnswer("accepted") },
    },
  },
  ({ params, headers, body, caller, room }) =>
    room.hooks.receive({ name: params.repository, headers, body, caller }),
);

const alive = z.object({ ok: z.boolean() });
const readiness = z.object({ ok: z.boolean(), problems: z.exactOptional(z.array(z.string())) });

const health = route(
  {
    method: "GET",
    path: "/healthz",
    summary: "Whether the process answers",
    scope: "anyone",
    answers: { 200: { what: "It does", schema: alive } },
  },
  () => json({ ok: true }),
);

const ready = route(
  {
    method: "GET",
    path: "/readyz",
    summary: "Whether runs are taken and done",
    scope: "anyone",
    answers: {
      200: { what: "They are", schema: readiness },
      503: { what: "They are not; why is told to who may read", schema: readiness },
    },
  },
  ({ caller, room }) => {
    const health = room.core.health();
    const problems = room.isStopping() ? ["the server stops"] : health.problems;
    const ok = health.ok && !room.isStopping();
    const told = room.callers.mayStill(caller, "read") && problems.length > 0;
    return json({ ok, ...(told && { problems }) }, { status: ok ? 200 : 503 });
  },
);

const figures = route(
  {
    method: "GET",
    path: "/metrics",
    summary: "Figures for Prometheus",
    scope: "read",
    answers: { 200: { what: "In its text format", type: "text/plain" } },
  },
  ({ room }) => ({
    kind: "text",
    type: "text/plain; version=0.0.4; charset=utf-8",
    text: room.metrics.text(room.core.metrics(), room.live.figures),
  }),
);

export const serverRoutes: readonly Route[] = [
  showConfig,
  changeConfig,
  hook,
  health,
  ready,
  figures,
];

function hookAnswer(...statuses: readonly [string, ...string[]]) {
  return z.object({ status: z.enum(statuses), why: z.exactOptional(z.string()) });
}

const configAnswer = (text: string) => ({
  kind: "text" as const,
  type: "application/yaml; charset=utf-8",
  text,
  headers: { etag: etagOf(text) },
});

const etagOf = (text: string): string => `"${createHash("sha256").update(text).digest("hex")}"`;

function textOf(body: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    throw new Refusal(400, "bad-body", "the configuration is not UTF-8");
  }
}
