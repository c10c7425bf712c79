import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import type { Declaration } from "../../src/config/declaration.ts";
import { expand } from "../../src/config/expand/expand.ts";
import { fillMatrices } from "../../src/config/expand/fill-matrices.ts";
import { resolveParameters } from "../../src/config/expand/resolve-parameters.ts";
import { loadTargetFile } from "../../src/config/read/load-target-file.ts";
import type { Result } from "../../src/model/result.ts";
import type { Project, TargetName } from "../../src/model/target.ts";

const root = path.resolve(import.meta.dirname, "../..");
const components = readdirSync(path.join(root, "packages"))
  .filter((name) => name !== "common")
  .sort();

describe("the Contrail fleet", () => {
  test.each(["bookworm", "trixie"])("has no problems in its target file on %s", (os) => {
    expect(() => fleet(os)).not.toThrow();
  });

  test("has a package and an image for each component", () => {
    const names = [...fleet("bookworm").targets.keys()];
    for (const component of components) {
      expect(names).toContain(`package-build[${component}]`);
      expect(names).toContain(`images[${component}]`);
    }
  });

  test("lets no two releases share a tag or an output", () => {
    const [bookworm, trixie] = [made("bookworm"), made("trixie")];
    expect(bookworm).toContain("contrail-lb:bookworm");
    expect(bookworm).toContain("out/bookworm/packages/lb/");
    expect(bookworm.filter((each) => trixie.includes(each))).toEqual([]);
  });

  test.each(components)("has all the files that %s needs", (component) => {
    const needed = [
      `packages/${component}/upstream`,
      `packages/${component}/debian/control`,
      `packages/${component}/debian/rules`,
      `packages/${component}/debian/launcher`,
      `packages/${component}/debian/${component}.conf`,
      `images/${component}/Dockerfile`,
    ];
    expect(needed.filter((file) => !existsSync(path.join(root, file)))).toEqual([]);
  });

  test.each(components)("calls %s by one name everywhere", (component) => {
    const control = readFileSync(path.join(root, `packages/${component}/debian/control`), "utf8");
    expect(control).toContain(`Package: contrail-${component}\n`);
    const dockerfile = readFileSync(path.join(root, `images/${component}/Dockerfile`), "utf8");
    expect(dockerfile).toContain(`ENTRYPOINT ["contrail-${component}"]`);
  });
});

describe("the image of tbuild", () => {
  const compose = readFileSync(path.join(root, "docs/server/compose.yaml"), "utf8");
  const dockerfile = readFileSync(path.join(root, "images/tbuild/Dockerfile"), "utf8");

  test("is no part of the fleet", () => {
    const { targets } = fleet("trixie");
    const reached = new Set<TargetName>();
    const follow = (name: TargetName) => {
      if (reached.has(name)) return;
      reached.add(name);
      for (const needed of targets.get(name)?.needs ?? []) follow(needed);
    };
    follow("all" as TargetName);
    expect(reached).toContain("images[lb]");
    expect([...reached].filter((name) => name.startsWith("tbuild"))).toEqual([]);
  });

  test("is called, listens and keeps its data as the example for compose has it", () => {
    const [tag] = madeBy(fleet("trixie"), /^tbuild-image$/);
    const { services } = parse(compose) as {
      services: { tbuild: { image: string; ports: string[]; volumes: string[] } };
    };
    const { image, ports, volumes } = services.tbuild;
    expect(image).toBe(tag);
    const [port] = ports.map((each) => each.split(":").at(-1));
    expect(dockerfile).toContain(`EXPOSE ${port}\n`);
    expect(dockerfile).toContain(`http://127.0.0.1:${port}/healthz`);
    const folders = volumes.map((each) => each.split(":").at(-1));
    expect(folders).toContain(/^WORKDIR (.*)$/m.exec(dockerfile)?.[1]);
    expect(folders).toContain(
      path.posix.dirname(/"--config", "(.*?)"/.exec(dockerfile)?.[1] ?? ""),
    );
  });
});

describe("the bundles", () => {
  const given = (python: string) => ({ package: "demo", version: "1.0", python });

  test.each(["3.11", "3.13"])("have no problems in their target file with Python %s", (python) => {
    const targets = fleetWith(given(python)).targets;
    const missing = [...targets.values()].filter(({ name }) =>
      /^(bundle|dependencies)$/.test(name),
    );
    expect(missing.map((target) => target.missing)).toEqual([[], []]);
    expect(targets.get("bundles/base" as TargetName)?.rule?.fields).toMatchObject({
      base: `bundles/debian-${python}`,
    });
  });

  test("share nothing between Pythons but Debian's files and the tag without a Python", () => {
    const [one, other] = ["3.11", "3.13"].map((python) =>
      madeBy(fleetWith(given(python)), /^bundles/),
    );
    expect(one?.filter((each) => other?.includes(each))).toEqual([
      "bundles/debian:bookworm",
      "bundles/debian:trixie",
      "bundles/out/debian/bookworm.tar",
      "bundles/out/debian/trixie.tar",
      "bundles/out/nothing/",
      "bundles/demo:1.0",
    ]);
  });

  test("do not take the version of the fleet for that of a package", () => {
    const { targets } = fleetWith({ package: "demo" });
    expect(targets.get("bundles/bundle" as TargetName)?.missing).toEqual(["version"]);
  });
});

/** Tags and outputs of what depends on the release, as the target file has them. */
function made(os: string): readonly string[] {
  const kinds = /^(images|package-build|package-source|contrail-repo|builder|debian)/;
  return madeBy(fleet(os), kinds);
}

function madeBy(project: Project, kinds: RegExp): readonly string[] {
  return [...project.targets.values()]
    .filter(({ name }) => kinds.test(name))
    .flatMap(({ rule }) => {
      const { tags = [], outputs = [] } = (rule?.fields ?? {}) as Readonly<
        Record<"tags" | "outputs", readonly string[] | undefined>
      >;
      return [...tags, ...outputs];
    });
}

const fleet = (os: string): Project => fleetWith({ os });

function fleetWith(values: Readonly<Record<string, string>>): Project {
  const declaration: Declaration = must(loadTargetFile("targets.yaml", root));
  const named = Object.entries(values).map(
    ([name, value]) => [name, { value, from: `--${name}` }] as const,
  );
  const given = new Map(named);
  const found = must(resolveParameters(declaration, given, {}, root));
  return must(expand(must(fillMatrices(declaration, found)), found));
}

function must<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(result.problems.map(({ message }) => message).join("\n"));
}
