/**
 * JUnit XML of real builds: what went well, what failed, what had to wait for it, and an interruption.
 *
 * @newer-engine: no engine is asked.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { temporaryFolder } from "../support/folder.ts";
import { casesOf } from "../support/junit-checks.ts";
import { says, start } from "./running.ts";
import { tbuild } from "./tbuild.ts";

const targets = `
params: { token: { type: secret, env: TOKEN } }
targets:
  made: { run: "echo 1 >made", outputs: [made] }
  broken:
    run: 'printf "\\033[31mno %s <here>\\033[0m & \\001\\n" "$TOKEN"; exit 3'
    secrets: { TOKEN: "\${token}" }
    needs: [made]
  site: { run: "true", needs: [broken] }
  slow: { run: "echo begun; exec sleep 3600.${process.pid}", needs: [made] }
  last: { run: "true", needs: [slow] }
`;

const workspace = () => temporaryFolder({ "targets.yaml": targets });

const casesIn = (folder: string) => casesOf(readFileSync(path.join(folder, "junit.xml"), "utf8"));

test("a build that fails says of each target what became of it, and no secret", async () => {
  const folder = workspace();
  const env = { TOKEN: "s3cret" };
  const { exitCode } = await tbuild(folder, ["site", "--junit", "junit.xml"], { env });
  expect(exitCode).toBe(1);
  const [made, broken, site] = casesIn(folder);
  expect(made).toMatchObject({ attributes: { name: "made", classname: "run" }, children: [] });
  expect(broken).toMatchObject({
    attributes: { name: "broken", classname: "run", time: expect.stringMatching(/^\d+\.\d{3}$/) },
    children: [
      {
        name: "failure",
        attributes: { message: expect.stringContaining("exit code 3") },
        text: expect.stringContaining("log: .tbuild/logs/broken.log"),
      },
      { name: "system-out", text: "no *** <here> & \ufffd" },
    ],
  });
  expect(site?.children).toMatchObject([
    { name: "skipped", attributes: { message: "needs broken, which failed" } },
  ]);
});

test("a build without changes has them all, beside a profile", async () => {
  const folder = workspace();
  await tbuild(folder, ["made"]);
  const reports = ["--junit", "junit.xml", "--profile", "trace.json"];
  expect(await tbuild(folder, ["made", ...reports])).toMatchObject({
    exitCode: 0,
    stderr: "the target is fresh",
  });
  expect(casesIn(folder)).toMatchObject([{ attributes: { name: "made" }, children: [] }]);
  expect(readFileSync(path.join(folder, "trace.json"), "utf8")).toContain("traceEvents");
});

test("an interrupted build has a whole file", async () => {
  const folder = workspace();
  const running = start(folder, ["last", "--junit", "junit.xml"]);
  await running.until(says("begun"));
  running.signal("SIGINT");
  expect((await running.ended).exitCode).toBe(130);
  expect(
    casesIn(folder).map(({ attributes, children }) => [attributes["name"], children[0]?.name]),
  ).toEqual([
    ["made", undefined],
    ["slow", "skipped"],
    ["last", "skipped"],
  ]);
});
