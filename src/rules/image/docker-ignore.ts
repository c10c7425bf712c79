/** What a `.dockerignore` leaves out of a context, by Docker's own rules. */
import { createRequire } from "node:module";
import { DiagnosticError } from "../../model/diagnostic.ts";

export type Ignores = (path: string, isFolder: boolean) => boolean;

interface Matcher {
  ignores(path: string): boolean;
}

const require = createRequire(import.meta.url);

/**
 * @param text content of the file
 * @param name its path, for messages
 * @returns whether a path of the context is left out; a folder only when nothing in it can come back
 */
export function readDockerIgnore(text: string, name: string): Ignores {
  const matcher = compile(text, name);
  const hasExceptions = /^\s*!/m.test(text);
  return (path, isFolder) => (isFolder && hasExceptions ? false : matcher.ignores(path));
}

/** Loaded only where there is such a file, and at once: what a rule reads is found synchronously. */
function compile(text: string, name: string): Matcher {
  const ignore = require("@balena/dockerignore") as (options: { ignorecase: boolean }) => {
    add(patterns: string): Matcher;
  };
  try {
    const matcher = ignore({ ignorecase: false }).add(text.replace(/^\uFEFF/, ""));
    // Patterns are compiled when they are first used, and only then a wrong one shows.
    matcher.ignores("a/b");
    return matcher;
  } catch (cause) {
    const problem = {
      code: "bad-dockerignore",
      blame: "usage" as const,
      message: `\`${name}\` holds a pattern that is not one`,
      hint: (cause as Error).message,
    };
    throw new DiagnosticError(problem, { cause });
  }
}
