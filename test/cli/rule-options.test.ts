/** Options of a build that only targets of one rule understand. */
import { runCommand } from "../../src/cli/run-command.ts";
import { temporaryFolder } from "../support/folder.ts";
import { fakeSurroundings } from "./fake-surroundings.ts";

const targets = `targets:
  web: { image: web, tags: ["shop/web:1"] }
  push: { push: web, registry: "host.example/team" }
  release: { push: web, registry: "host.example/team", digests: out/digests.json }
  both: { needs: [push, release] }
  clean: { clean: project }
  note: { run: "true", outputs: [o] }
`;

async function said(...argv: readonly string[]): Promise<string> {
  const folder = temporaryFolder({ "targets.yaml": targets, "web/Dockerfile": "FROM scratch\n" });
  const place = fakeSurroundings(folder);
  const code = await runCommand(argv, place);
  return `${code} ${place.out.text}${place.err.text}`.replaceAll(folder, "$W");
}

test.each([
  [
    ["note", "--digests", "d.json"],
    "2 error: option `--digests` has no effect on `note`\nhint: it is used by `push` and `release`\n",
  ],
  [
    ["push", "--digests", "d.json", "--dry-run"],
    "2 error: options `--digests` and `--dry-run` contradict each other\n",
  ],
  [
    ["web", "--only", "files"],
    "2 error: option `--only` has no effect on `web`\nhint: it is used by `clean`\n",
  ],
  [
    ["clean", "--only", "files,picture"],
    "2 error: option `--only` cannot be `picture`: expected one of `files`, `images`, `containers`, `cache`, `blobs`, `state`\n",
  ],
  [
    ["clean", "--older-than", "long"],
    "2 error: option `--older-than` cannot be `long`: expected a duration such as `12 h` or `7 d`\n",
  ],
  [
    ["purge"],
    "2 error: `tbuild purge` removes all that this workspace made, and there is no terminal to ask on\nhint: add `--yes`, or `--dry-run` to be told what would go\n",
  ],
  [
    ["purge", "all", "--yes"],
    "2 error: `tbuild purge` takes no targets, found `all`\nhint: `tbuild TARGET --help` tells about one\n",
  ],
])("%j is refused", async (argv, message) => {
  expect(await said(...argv)).toBe(message);
});

test("digests for a file that a target writes, or that cannot be written, stop before anything is made", async () => {
  expect(await said("release", "--digests", "out/digests.json", "--log", "plain")).toContain(
    "error: `--digests` and target `release` write digests to the same file `$W/out/digests.json`\n",
  );
  const unwritable = await said("push", "--digests", "targets.yaml/x", "--log", "plain");
  expect(unwritable).toContain(
    "3 error: cannot write the digests to `$W/targets.yaml/x`: a folder of its path is a file\nhint: nothing was pushed; name another file\n",
  );
  const folder = await said("push", "--digests", "web", "--log", "plain");
  expect(folder).toContain("cannot write the digests to `$W/web`: it is a folder\n");
});

test("a dry run of `clean` needs no engine where no image is known, and tells the end", async () => {
  const place = fakeSurroundings(temporaryFolder({ "targets.yaml": targets }), {});
  expect(await runCommand(["clean", "--dry-run", "--only", "files,state"], place)).toBe(0);
  expect(place.out.text).toBe("clean: nothing to remove\n");
  expect(place.err.text).toBe("nothing was removed: this was a dry run\n");
});

test("`purge` of a workspace in which nothing was made has nothing to remove", async () => {
  const folder = temporaryFolder({ "targets.yaml": targets });
  const { FakeDocker } = await import("../rules/support/fake-docker.ts");
  const place = fakeSurroundings(folder, { connectDocker: async () => new FakeDocker() });
  expect(await runCommand(["purge", "--yes"], place)).toBe(0);
  expect(place.out.text).toBe("purge: nothing to remove\n");
  expect(place.err.text).toBe("nothing was removed\n");
});

test("`list --verbose` and the help of a target tell what of git it uses", async () => {
  const folder = temporaryFolder({
    "targets.yaml": `targets:
  note: { run: "echo \${git.commit} >o", outputs: [o] }
  all: { needs: [note], help: Everything }
`,
  });
  const place = fakeSurroundings(folder);
  expect(await runCommand(["list", "--verbose"], place)).toBe(0);
  expect(place.out.lines).toEqual([
    "note  (run)  ${git.commit}",
    "all   Everything  (group)  ${git.commit}",
  ]);
  const help = fakeSurroundings(folder);
  expect(await runCommand(["all", "--help"], help)).toBe(0);
  expect(help.out.text).toContain("Made anew for another git.commit.");
});
