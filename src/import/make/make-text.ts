/**
 * Variables and functions in texts of a Makefile. Plain variables become parameters, what git says has its own
 * names in tbuild, and what only a shell could tell becomes a parameter too, for somebody to fill in.
 */
import { type DraftParameter, literal, type Text } from "../draft.ts";
import { parameterName } from "../names.ts";
import type { MakeVariable } from "./make-file.ts";

export interface MakeScope {
  readonly variables: ReadonlyMap<string, MakeVariable>;
  readonly parameters: Map<string, DraftParameter>;
  /** What `$@`, `$*` and the like stand for. */
  readonly automatic: ReadonlyMap<string, Text>;
  readonly lose: (subject: string, why: string) => void;
}

/**
 * @param asText whether plain variables are filled in, and not kept as parameters
 * @returns a text of the target file
 */
export function expandMake(text: string, scope: MakeScope, asText = false, depth = 0): Text {
  let written = "";
  for (let at = 0; at < text.length; ) {
    const dollar = text.indexOf("$", at);
    if (dollar < 0) return written + text.slice(at);
    written += text.slice(at, dollar);
    const next = text[dollar + 1] ?? "";
    if (next === "$") {
      // A variable of the shell: a plain `${` of it must stay one.
      written += text[dollar + 2] === "{" ? "$$" : "$";
      at = dollar + 2;
    } else if (next === "(" || next === "{") {
      const inner = untilClosed(text, dollar + 1);
      written += reference(inner, scope, asText, depth);
      at = dollar + inner.length + 3;
    } else {
      written += reference(next, scope, asText, depth);
      at = dollar + 2;
    }
  }
  return written;
}

function untilClosed(text: string, open: number): string {
  const [opening, closing] = text[open] === "(" ? ["(", ")"] : ["{", "}"];
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text[at] === opening) depth++;
    else if (text[at] === closing && --depth === 0) return text.slice(open + 1, at);
  }
  return text.slice(open + 1);
}

/** Deeper than any honest Makefile: a variable that is made of itself. */
const deepest = 50;

function reference(inner: string, scope: MakeScope, asText: boolean, depth: number): Text {
  const automatic = scope.automatic.get(inner);
  if (automatic !== undefined) return automatic;
  const [, called, args] = /^([a-z-]+)\s+(.*)$/s.exec(inner) ?? [];
  if (called !== undefined) return call(called, args ?? "", scope, depth);
  const [, of, from, to] = /^(\w+):(\S+)=(\S*)$/.exec(inner) ?? [];
  if (of !== undefined)
    return words(reference(of, scope, true, depth))
      .map((word) => patsubst(word, withPercent(from), withPercent(to)))
      .join(" ");
  const variable = scope.variables.get(inner);
  if (depth > deepest) return "";
  if (variable === undefined) return unknown(inner, scope);
  const value = expandMake(variable.value, scope, asText, depth + 1);
  const isPlain = !variable.value.includes("$") && value !== "" && !/\s/.test(value);
  if (asText || !isPlain || inner === "DOCKER") return value;
  return keep(inner, literal(value), variable.open, scope);
}

function keep(name: string, value: string, open: boolean, { parameters }: MakeScope): Text {
  const parameter = parameterName(name);
  parameters.set(name, { name: parameter, default: value, ...(open && { env: name }) });
  return `\${${parameter}}`;
}

const places: ReadonlySet<string> = new Set(["CURDIR", "PWD", "CWD", "MAKEFILE_DIR"]);

function unknown(name: string, scope: MakeScope): Text {
  if (places.has(name)) return ".";
  if (!/^[A-Za-z_]\w*$/.test(name)) {
    scope.lose(`\`$(${name})\``, "it is known to make alone");
    return "";
  }
  // Make takes what it does not know from the environment.
  scope.parameters.set(name, { name: parameterName(name), default: "", env: name });
  return `\${${parameterName(name)}}`;
}

function call(name: string, text: string, scope: MakeScope, depth: number): Text {
  if (name === "shell") return shell(text.trim(), scope);
  const args = text.split(",").map((arg) => expandMake(arg, scope, true, depth + 1).trim());
  const [first = "", second = "", third = ""] = args;
  switch (name) {
    case "addprefix":
      return words(second)
        .map((word) => first + word)
        .join(" ");
    case "addsuffix":
      return words(second)
        .map((word) => word + first)
        .join(" ");
    case "patsubst":
      return words(third)
        .map((word) => patsubst(word, first, second))
        .join(" ");
    case "subst":
      return third.replaceAll(first, second);
    case "strip":
      return words(first).join(" ");
    default:
      scope.lose(`\`$(${name} …)\``, "that function is known to make alone");
      return "";
  }
}

const words = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== "");

const withPercent = (pattern = ""): string => (pattern.includes("%") ? pattern : `%${pattern}`);

function patsubst(word: string, from: string, to: string): string {
  const [start = "", end = ""] = from.split("%");
  if (!word.startsWith(start) || !word.endsWith(end) || word.length < start.length + end.length)
    return word;
  return to.replace("%", word.slice(start.length, word.length - end.length));
}

/** What git is asked for most, and the names that tbuild has for it. */
const gitNames: readonly (readonly [command: RegExp, name: string])[] = [
  [/^git rev-parse (--verify )?--short(=\d+)? HEAD\b/, "git.short"],
  [/^git rev-parse --abbrev-ref HEAD\b|^git branch --show-current\b/, "git.branch"],
  [/^git (rev-parse( --verify)? HEAD|log -1 --(pretty|format)=(format:)?["']?%H)/, "git.commit"],
];

function shell(command: string, scope: MakeScope): Text {
  if (/^(pwd|dirname\b.*)$/.test(command)) return ".";
  const found = gitNames.find(([pattern]) => pattern.test(command))?.[1];
  if (found !== undefined) return `\${${found}}`;
  const [name] = [...scope.variables].find(([, { value }]) =>
    value.includes(`$(shell ${command})`),
  ) ?? ["SHELL_VALUE"];
  const hint = command.startsWith("git ")
    ? "; `${git.tag}` and `${git.short}` are names that tbuild knows"
    : "";
  scope.lose(
    `\`$(shell ${command})\``,
    `parameter \`${parameterName(name)}\` takes its place${hint}`,
  );
  scope.parameters.set(name, { name: parameterName(name), default: "latest", env: name });
  return `\${${parameterName(name)}}`;
}
