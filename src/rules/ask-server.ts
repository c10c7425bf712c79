/** Asks what a name stands for now, by the kind of what is asked for. Keeps nothing and locks nothing. */
import { DiagnosticError } from "../model/diagnostic.ts";
import type { Asked } from "../model/pin.ts";
import type { Answer, Asker } from "./asker.ts";

/** What is wrong with the question is told as what is wrong with the answer. */
export async function askServer(asked: Asked, asker: Asker): Promise<Answer> {
  try {
    return await ask(asked, asker);
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return { kind: "not-told", problem: error.diagnostic };
  }
}

async function ask(asked: Asked, asker: Asker): Promise<Answer> {
  switch (asked.kind) {
    case "git":
      return (await import("./git/ask-commit.ts")).askCommit(asked, asker);
    case "image":
      return (await import("./ask-image.ts")).askImage(asked, asker);
    case "fetch":
      return (await import("./fetch/ask-file.ts")).askFile(asked.url, asker);
  }
}
