/**
 * The Contrail fleet from end to end: really compiled, served, installed, saved, pushed, cleaned.
 *
 * @newer-engine: the suites of images, containers, services and pushes prove the parts on each.
 */
import { createHash } from "node:crypto";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { temporaryFolder } from "../support/folder.ts";
import { build, checkout, docker, fleetCopy, registry, tbuild } from "./tbuild.ts";

const minutes = 60_000;
const components = ["agent", "analytics", "controller", "lb"];
const tag = (component: string, os = "bookworm"): string => `contrail-${component}:5.1.0-1-${os}`;
const idOf = (reference: string): Promise<string> =>
  docker("image", "inspect", "--format", "{{.Id}}", reference);

let fleet: string;
let packages: string;

beforeAll(async () => {
  fleet = fleetCopy();
  packages = path.join(temporaryFolder(), "packages");
  const first = await build(fleet, ["all"]);
  if (first.exitCode !== 0) throw new Error(first.stdout.slice(-4000) + first.stderr);
}, 15 * minutes);

afterAll(async () => {
  await tbuild(fleet, ["clean"]);
  await tbuild(fleet, ["clean", "--os", "trixie"]);
});

test.each(components)("the image of %s runs, and reports its version", async (component) => {
  const said = await docker("run", "--rm", tag(component), "--version");
  expect(said).toMatch(new RegExp(`^contrail-${component} 5\\.1\\.0-1 `));
});

test("the packages were compiled from source, and are Debian packages", async () => {
  mkdirSync(packages);
  for (const component of components) {
    const folder = path.join(fleet, "out/bookworm/packages", component);
    const file = `contrail-${component}_5.1.0-1_amd64.deb`;
    expect(readdirSync(folder)).toContain(file);
    cpSync(path.join(folder, file), path.join(packages, file));
    const { stdout } = await execa("dpkg-deb", ["--field", path.join(folder, file), "Version"]);
    expect(stdout).toBe("5.1.0-1");
  }
});

test("no service is left running, and no container", async () => {
  const label = "label=org.tbuild.project=contrail";
  expect(await docker("ps", "--all", "--quiet", "--filter", label)).toBe("");
});

test("a second run builds nothing, and says so", async () => {
  const again = await build(fleet, ["all"]);
  expect(again).toMatchObject({ exitCode: 0, ran: [] });
  expect(again.finished).toMatchObject({ built: 0, failed: 0, skipped: 0 });
  const plain = await tbuild(fleet, ["all"]);
  expect(plain.stdout + plain.stderr).toMatch(/all \d+ targets are fresh/);
});

test(
  "an edit of one package's source makes that package, the repository and its image",
  async () => {
    const before = await Promise.all(components.map((component) => idOf(tag(component))));
    appendFileSync(path.join(fleet, "packages/lb/upstream"), "");
    const conffiles = readdirSync(path.join(fleet, "packages/lb"), { recursive: true }).map(String);
    const edited = conffiles.find((file) => file.endsWith(".conf"));
    expect(edited).toBeDefined();
    appendFileSync(path.join(fleet, "packages/lb", edited as string), "\n# edited\n");
    const { ran, finished } = await build(fleet, ["all"]);
    expect(ran).toEqual(["contrail-repo", "images[lb]", "package-build[lb]"]);
    expect(finished).toMatchObject({ built: 3, failed: 0 });
    const after = await Promise.all(components.map((component) => idOf(tag(component))));
    expect(after.map((id, index) => id === before[index])).toEqual([true, true, true, false]);
  },
  5 * minutes,
);

test(
  "an image that was removed, and one whose tag was moved, are noticed and made again",
  async () => {
    await docker("rmi", tag("agent"), "contrail-agent:bookworm");
    await docker("tag", tag("lb"), tag("controller"));
    const { events, ran } = await build(fleet, ["all"]);
    expect(ran).toEqual(["images[agent]", "images[controller]"]);
    const why = events.flatMap((event) => (event.kind === "target-started" ? [event.why] : []));
    expect(why.sort()).toEqual([
      `\`${tag("controller")}\` names another image now`,
      `image \`${tag("agent")}\` is missing in the engine`,
    ]);
    expect(await docker("run", "--rm", tag("controller"), "--version")).toMatch(
      /^contrail-controller/,
    );
  },
  5 * minutes,
);

test(
  "an output that was deleted or edited is noticed and made again",
  async () => {
    const archive = path.join(fleet, "out/contrail-ansible-5.1.0-1.tar.gz");
    rmSync(archive);
    expect((await build(fleet, ["all"])).ran).toEqual(["ansible-archive"]);
    const digest = createHash("sha256").update(readFileSync(archive)).digest("hex");
    writeFileSync(archive, "not an archive");
    expect((await build(fleet, ["all"])).ran).toEqual(["ansible-archive"]);
    expect(createHash("sha256").update(readFileSync(archive)).digest("hex")).toBe(digest);
  },
  2 * minutes,
);

test("the playbooks come with every role that they and their roles need", async () => {
  const archive = path.join(fleet, "out/contrail-ansible-5.1.0-1.tar.gz");
  const { stdout } = await execa("tar", ["-tzf", archive]);
  const roles = new Set(stdout.match(/roles\/[^/]+/g));
  expect(roles.size).toBeGreaterThanOrEqual(3);
  expect(stdout).not.toMatch(/\.git\//);
});

describe("save", () => {
  test(
    "writes one archive an image, which docker and skopeo read",
    async () => {
      const to = path.join(temporaryFolder(), "out");
      const saved = await build(fleet, ["save", "--to", to]);
      expect(saved).toMatchObject({ exitCode: 0, ran: ["save"] });
      const archives = readdirSync(to).filter((file) => file.endsWith(".tar"));
      expect(archives).toHaveLength(components.length);
      await execa("sha256sum", ["--check", "--strict", "SHA256SUMS"], { cwd: to });
      for (const archive of archives) {
        const { stdout } = await execa("skopeo", [
          "inspect",
          `docker-archive:${path.join(to, archive)}`,
        ]);
        expect(JSON.parse(stdout).Labels["org.tbuild.project"]).toBe("contrail");
      }
      const id = await idOf(tag("lb"));
      await docker("rmi", tag("lb"), "contrail-lb:bookworm");
      const lb = archives.find((archive) => archive.includes("lb")) as string;
      await docker("load", "--input", path.join(to, lb));
      expect(await idOf(tag("lb"))).toBe(id);
      expect((await build(fleet, ["save", "--to", to])).ran).toEqual([]);
    },
    3 * minutes,
  );

  test("to a folder that cannot be made fails with exit code 3 and leaves nothing", async () => {
    const file = path.join(temporaryFolder({ file: "" }), "file");
    const saved = await tbuild(fleet, ["save", "--to", path.join(file, "below")]);
    expect(saved.exitCode).toBe(3);
    expect(saved.stderr + saved.stdout).toContain(file);
  });
});

describe("push", () => {
  test(
    "leaves tags that the registry lists and docker pulls back as the same image",
    async () => {
      const to = `${registry()}/team-${process.pid}`;
      const pushed = await build(fleet, ["push", "--registry", to]);
      expect(pushed).toMatchObject({ exitCode: 0, ran: ["push"] });
      const path = to.slice(to.indexOf("/") + 1);
      for (const component of components) {
        const url = `http://${registry()}/v2/${path}/contrail-${component}/tags/list`;
        const { tags } = (await (await fetch(url)).json()) as { tags: string[] };
        expect(tags.sort()).toEqual(["5.1.0-1-bookworm", "bookworm"]);
      }
      const reference = `${to}/${tag("agent")}`;
      await docker("pull", "--quiet", reference);
      expect(await idOf(reference)).toBe(await idOf(tag("agent")));
      await docker("rmi", reference);
    },
    3 * minutes,
  );

  test("without --registry says what is missing, with exit code 2", async () => {
    const { exitCode, stderr } = await tbuild(fleet, ["push"]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("parameter `registry` is not given, and target `push` needs it");
    expect(stderr).toContain("add `--registry");
  });

  test(
    "to a registry that is absent fails with exit code 3",
    async () => {
      const { exitCode, stderr } = await tbuild(fleet, ["push", "--registry", "127.0.0.1:1/x"]);
      expect(exitCode).toBe(3);
      expect(stderr).toContain("127.0.0.1:1");
    },
    minutes,
  );
});

describe("prebuilt inputs", () => {
  test("given packages are used instead of built, and that is shown", async () => {
    const { ran, events } = await build(fleet, ["packages", "--packages", packages]);
    expect(ran.filter((target) => target.startsWith("package-"))).toEqual([]);
    expect(events).toContainEqual(
      expect.objectContaining({ kind: "alternative", target: "packages", passedOver: [] }),
    );
  });

  test(
    "given packages of the same content leave every image fresh",
    async () => {
      const one = path.join(temporaryFolder(), "one");
      mkdirSync(one);
      for (const component of components) {
        const file = `contrail-${component}_5.1.0-1_amd64.deb`;
        cpSync(path.join(fleet, "out/bookworm/packages", component, file), path.join(one, file));
      }
      const { ran } = await build(fleet, ["images", "--packages", one]);
      expect(ran.filter((target) => target.startsWith("images"))).toEqual([]);
    },
    3 * minutes,
  );

  test("given as a tar, they are used as well", async () => {
    const tar = path.join(temporaryFolder(), "packages.tar.gz");
    await execa("tar", ["-czf", tar, "-C", packages, "."]);
    const { exitCode, ran } = await build(fleet, ["packages", "--packages", tar]);
    expect(exitCode).toBe(0);
    expect(ran).toEqual(["packages#1"]);
  });

  test("by URL they must have the digest", async () => {
    const tar = path.join(temporaryFolder(), "packages.tar");
    await execa("tar", ["-cf", tar, "-C", packages, "."]);
    const good = createHash("sha256").update(readFileSync(tar)).digest("hex");
    const args = ["packages", "--packages-url", `file://${tar}`, "--packages-sha256"];
    expect(await build(fleet, [...args, good])).toMatchObject({ exitCode: 0, ran: ["packages#2"] });
    const wrong = await tbuild(fleet, [...args, "0".repeat(64)]);
    expect(wrong.exitCode).toBe(1);
    expect(wrong.stderr).toContain(good);
  });

  test("that do not exist are an error, not a fallback", async () => {
    const { exitCode, stderr } = await tbuild(fleet, ["all", "--packages", "/nowhere/at-all"]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("given path `/nowhere/at-all` does not exist");
  });

  test("that hold no package are an error", async () => {
    const empty = temporaryFolder({ "readme.txt": "" });
    const { exitCode, stderr } = await tbuild(fleet, ["all", "--packages", empty]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`given path \`${empty}\` holds no file that matches \`*.deb\``);
  });

  test(
    "that are absent fall back to source, visibly; with --no-fallback that is exit code 3",
    async () => {
      const plain = await tbuild(fleet, ["packages"]);
      expect(plain.exitCode).toBe(0);
      expect(plain.stdout + plain.stderr).toContain("`--packages` not given");
      const refused = await tbuild(fleet, ["packages", "--no-fallback"]);
      expect(refused.exitCode).toBe(3);
      expect(refused.stderr).toContain("`--packages` not given");
    },
    2 * minutes,
  );

  test(
    "playbooks may be given, or cloned from a repository at a tag",
    async () => {
      const archive = path.join(fleet, "out/contrail-ansible-5.1.0-1.tar.gz");
      expect((await build(fleet, ["contrail-ansible", "--ansible", archive])).exitCode).toBe(0);
      const repository = path.join(temporaryFolder(), "contrail-ansible.git");
      await execa("git", [
        "clone",
        "--quiet",
        "--bare",
        path.join(fleet, "out/ansible/repos/contrail-ansible.git"),
        repository,
      ]);
      const args = ["ansible-source", "--ansible-repo", `file://${repository}`, "--ansible-ref"];
      expect((await build(fleet, [...args, "v5.1.0-1"])).exitCode).toBe(0);
      const unknown = await tbuild(fleet, [...args, "no-such-ref"]);
      expect(unknown.exitCode).toBe(2);
      expect(unknown.stderr).toContain("no-such-ref");
    },
    2 * minutes,
  );
});

test(
  "the other Debian release has images of its own",
  async () => {
    const { exitCode } = await build(fleet, ["images[lb]", "--os", "trixie"]);
    expect(exitCode).toBe(0);
    const release = await docker(
      "run",
      "--rm",
      "--entrypoint",
      "cat",
      tag("lb", "trixie"),
      "/etc/os-release",
    );
    expect(release).toContain("VERSION_CODENAME=trixie");
    expect(await docker("run", "--rm", tag("lb", "trixie"), "--version")).toMatch(/^contrail-lb 5/);
  },
  10 * minutes,
);

describe("clean", () => {
  test(
    "keeps images when asked, and removes the rest; they need not be made again",
    async () => {
      const cleaned = await tbuild(fleet, ["clean", "--keep-images"]);
      expect(cleaned.exitCode).toBe(0);
      expect(existsSync(path.join(fleet, "out"))).toBe(false);
      for (const component of components) await idOf(tag(component));
    },
    minutes,
  );

  test(
    "removes what this workspace made, and nothing of others",
    async () => {
      const foreign = `tbuild-foreign-${process.pid}:1`;
      const file = temporaryFolder({
        Dockerfile: "FROM scratch\nLABEL org.tbuild.project=contrail\n",
      });
      await docker("build", "--quiet", "--tag", foreign, file);
      await docker("tag", tag("lb"), `tbuild-kept-${process.pid}:1`);
      const cleaned = await tbuild(fleet, ["clean"]);
      expect(cleaned.exitCode).toBe(0);
      const left = await docker("images", "--format", "{{.Repository}}:{{.Tag}}");
      for (const component of components) expect(left).not.toContain(tag(component));
      expect(left).toContain(foreign);
      expect(left).toContain(`tbuild-kept-${process.pid}:1`);
      await docker("rmi", foreign, `tbuild-kept-${process.pid}:1`);
      for (const name of ["targets.yaml", "packages/lb", "images/lb"]) {
        expect(existsSync(path.join(fleet, name))).toBe(true);
      }
      expect(existsSync(path.join(checkout, "targets.yaml"))).toBe(true);
    },
    2 * minutes,
  );
});
