/** The options of `tbuild serve`, and what its tokens allow. */
import type { OptionDefinition } from "./option.ts";

/** What a token of the server allows: each has what those before it have. */
export const tokenScopes = ["read", "run", "admin"] as const;
export type TokenScope = (typeof tokenScopes)[number];

export const serveOptions: readonly OptionDefinition[] = [
  { name: "config", takes: "FILE", help: "Configuration of the server; server.yaml if not given" },
  { name: "check", help: "Read the configuration, tell what is wrong, and end" },
  { name: "new-token", takes: "NAME", help: "Make a token, and print it with its line" },
  {
    name: "scope",
    takes: "SCOPE",
    choices: tokenScopes,
    help: "What the new token allows",
  },
];
