import { loadTargetFile } from "../../src/config/read/load-target-file.ts";
import { temporaryFolder } from "../support/folder.ts";

/** Messages with their hints of what is wrong with a target that says `text`. */
function problemsOf(text: string, more = ""): readonly string[] {
  const folder = temporaryFolder({
    "targets.yaml": `
targets:
  api: { git: "https://example.org/api.git" }
  apps: { git: "https://example.org/\${app}.git", matrix: { app: [one, two] } }
  web: { image: web }
  either: { first-of: [{ git: "https://example.org/api.git" }, { use: given }] }
  says: { run: ["echo", "${text}"]${more} }
`,
  });
  const loaded = loadTargetFile(`${folder}/targets.yaml`, folder);
  return loaded.ok ? [] : loaded.problems.map(({ message, hint }) => `${message}; ${hint}`);
}

test.each(["${api.commit}", "${api.short}", "${api.ref}", "${apps[one].short}"])(
  "%s stands for something",
  (text) => {
    expect(problemsOf(text)).toEqual([]);
  },
);

test("a matrix with the same keys names the member with the same values", () => {
  expect(problemsOf("${apps.short}", ", matrix: { app: [one], os: [x] }")).toEqual([]);
  const open =
    "`${apps.short}` leaves open which `apps` is meant: its matrix has `app`; " +
    "give this target the same keys and values, or name one: `${apps[one].short}`";
  expect(problemsOf("${apps.short}")).toEqual([open]);
  expect(problemsOf("${apps.short}", ", matrix: { app: [one, three] }")).toEqual([open]);
});

test.each([
  ["${apo.short}", "there is no target `apo`; did you mean `api`?"],
  [
    "${web.short}",
    "`web` is no checkout, and has no commit; name one with the rule `git`: `api` or `apps`",
  ],
  [
    "${either.commit}",
    "`either` is no checkout, and has no commit; name one with the rule `git`: `api` or `apps`",
  ],
  ["${api.shrt}", "a checkout has no `${api.shrt}`; did you mean `${api.short}`?"],
  [
    "${api.author}",
    "a checkout has no `${api.author}`; it has `${api.commit}`, `${api.short}` and `${api.ref}`",
  ],
  ["${apps[onr].short}", "there is no target `apps[onr]`; did you mean `apps[one]`?"],
  ["${api[x].short}", "there is no target `api[x]`: `api` has no matrix; did you mean `api`?"],
])("%s is a mistake", (text, problem) => {
  expect(problemsOf(text)).toEqual([problem]);
});
