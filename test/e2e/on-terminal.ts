/** Runs the built command line on a pseudo-terminal, which `script` of util-linux makes, and types answers. */
import { spawn } from "node:child_process";
import path from "node:path";
import { stripVTControlCharacters } from "node:util";
import { checkout } from "./tbuild.ts";

export interface OnTerminal {
  readonly exitCode: number | null;
  /** All that was written, without what moves the cursor and paints. */
  readonly text: string;
}

/** @param answer typed, as it is, once the question with `[y/N]` stands there; Ctrl-C is `\x03` */
export function onTerminal(
  folder: string,
  args: readonly string[],
  answer: string,
): Promise<OnTerminal> {
  const words = [process.execPath, path.join(checkout, "bin/tbuild.js"), ...args];
  const command = words.map((word) => `'${word}'`).join(" ");
  const child = spawn(
    "script",
    ["--quiet", "--return", "--flush", "--command", command, "/dev/null"],
    {
      cwd: folder,
      env: { ...process.env, TERM: "xterm" },
      stdio: ["pipe", "pipe", "inherit"],
    },
  );
  let text = "";
  let isAnswered = false;
  child.stdout.on("data", (chunk: Buffer) => {
    text += chunk.toString("utf8");
    if (isAnswered || !text.includes("[y/N] ")) return;
    isAnswered = true;
    child.stdin.write(answer);
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exitCode) => {
      resolve({ exitCode, text: stripVTControlCharacters(text).replaceAll("\r", "") });
    });
  });
}
