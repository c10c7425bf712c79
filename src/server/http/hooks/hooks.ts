/** Takes deliveries of webhooks: verified before anything is read of them, and each counted once. */
import { createHash, randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Caller, Callers } from "../access/callers.ts";
import { type Answer, json } from "../answers/answer.ts";
import type { Surroundings } from "../options.ts";
import { badRequest, Refusal } from "../refusal.ts";
import { readPush, type Told } from "./read-push.ts";
import { type Sender, senders } from "./sender.ts";

export interface Delivery {
  /** Name of the repository, as the path says. */
  readonly name: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
  readonly caller: Caller;
}

/** No sender delivers again what is older. */
const windowMs = 3 * 24 * 60 * 60 * 1000;

const patienceMs = 5_000;

/** Where no hook is declared, a delivery is compared with this: that takes as long, and is as wrong. */
const nobody = { kind: "github", secret: randomBytes(32).toString("hex") } as const;

export class Hooks {
  readonly #given: Surroundings;
  readonly #callers: Callers;
  /** Marks of deliveries that are being passed on. */
  readonly #underWay = new Set<string>();

  constructor(given: Surroundings, callers: Callers) {
    this.#given = given;
    this.#callers = callers;
  }

  /** @throws Refusal when it is not proved, replayed, or cannot be read */
  async receive(delivery: Delivery): Promise<Answer> {
    const sender = this.#proved(delivery);
    const { headers, body, name } = delivery;
    const told = readPush(sender.eventOf(headers), body, headers["content-type"] ?? "");
    switch (told.kind) {
      case "ping":
        return said("pong");
      case "ignored":
        return said("ignored", told.why);
      case "unreadable":
        throw badRequest("this push names no branch");
      case "push":
        this.#isRecent(told);
        return await this.#once(name, marksOf(sender, delivery), async () => {
          await this.#given.core.hint(name, hintOf(told, sender.deliveryOf(headers)));
        });
    }
  }

  #proved({ name, headers, body, caller }: Delivery): Sender {
    const known = this.#given.settings().hookOf(name);
    const { kind, secret } = known ?? nobody;
    const sender = senders[kind];
    if (sender.isProved(headers, body, secret) && known !== undefined) return sender;
    this.#callers.hookFailed(name, caller);
    throw new Refusal(401, "not-proved", "there is no such webhook, or its secret is another one", {
      hint: "compare the secret with the sender's, and the name with the configuration",
    });
  }

  #isRecent({ pushedAt }: Extract<Told, { readonly kind: "push" }>): void {
    if (pushedAt === undefined || pushedAt + windowMs > this.#given.clock.date().getTime()) return;
    throw new Refusal(409, "replayed", "this push is older than three days");
  }

  /** Remembered after it was passed on: when that fails, the sender may deliver it again. */
  async #once(name: string, marks: readonly string[], pass: () => Promise<void>): Promise<Answer> {
    const [first = ""] = marks;
    const isKnown = (mark: string) =>
      this.#given.deliveries.knows(name, mark) || this.#underWay.has(`${name} ${mark}`);
    if (isKnown(first)) return said("ignored", "this delivery came before");
    if (marks.some(isKnown)) {
      throw new Refusal(409, "replayed", "this body came before, as another delivery");
    }
    await this.#inTime(this.#pass(name, marks, pass));
    return said("accepted");
  }

  async #pass(name: string, marks: readonly string[], pass: () => Promise<void>): Promise<void> {
    const own = marks.map((mark) => `${name} ${mark}`);
    for (const each of own) this.#underWay.add(each);
    try {
      await pass();
      await this.#given.deliveries.remember(name, marks);
    } finally {
      for (const each of own) this.#underWay.delete(each);
    }
  }

  /**
   * Git may take long to answer, and senders give up after ten seconds. What is asked then goes on, and a
   * server that dies of something meanwhile asks git when it starts.
   */
  #inTime(passed: Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      let isAnswered = false;
      const stop = this.#given.clock.after(patienceMs, () => {
        isAnswered = true;
        resolve();
      });
      passed.then(resolve, (error) => {
        if (isAnswered) this.#given.onBug(error, "of a webhook");
        else reject(error);
      });
      void passed.finally(stop).catch(() => undefined);
    });
  }
}

/**
 * The ID of a delivery is not signed: who has overheard one could send it under another ID. So a signed
 * body counts once too. Where nothing is signed, the body is the only mark when there is no ID.
 */
function marksOf(sender: Sender, { headers, body }: Delivery): readonly string[] {
  const id = sender.deliveryOf(headers);
  // Half of it is enough to know a body again, and thousands are kept.
  const digest = `body:${createHash("sha256").update(body).digest("hex").slice(0, 32)}`;
  if (id === undefined) return [digest];
  return sender.signs ? [`id:${id}`, digest] : [`id:${id}`];
}

function hintOf(
  { branch, commit }: Extract<Told, { readonly kind: "push" }>,
  delivery: string | undefined,
) {
  return {
    branch,
    noticed: "webhook" as const,
    ...(commit !== undefined && { commit }),
    ...(delivery !== undefined && { delivery }),
  };
}

const said = (status: "accepted" | "ignored" | "pong", why?: string): Answer =>
  json(
    { status, ...(why !== undefined && { why }) },
    { status: status === "accepted" ? 202 : 200, result: status },
  );
