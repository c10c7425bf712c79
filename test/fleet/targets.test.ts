import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Declaration } from "../../src/config/declaration.ts";
import { expand } from "../../src/config/expand/expand.ts";
import { resolveParameters } from "../../src/config/expand/resolve-parameters.ts";
import { loadTargetFile } from "../../src/config/read/load-target-file.ts";
import type { Result } from "../../src/model/result.ts";
import type { Project } from "../../src/model/target.ts";

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

/** Tags and outputs of what depends on the release, as the target file has them. */
function made(os: string): readonly string[] {
  const kinds = /^(images|package-build|package-source|contrail-repo|builder|debian)/;
  return [...fleet(os).targets.values()]
    .filter(({ name }) => kinds.test(name))
    .flatMap(({ rule }) => {
      const { tags = [], outputs = [] } = (rule?.fields ?? {}) as Readonly<
        Record<"tags" | "outputs", readonly string[] | undefined>
      >;
      return [...tags, ...outputs];
    });
}

function fleet(os: string): Project {
  const declaration: Declaration = must(loadTargetFile("targets.yaml", root));
  const given = new Map([["os", { value: os, from: "--os" }]]);
  return must(expand(declaration, must(resolveParameters(declaration, given, {}, root))));
}

function must<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(result.problems.map(({ message }) => message).join("\n"));
}
