import path from "node:path";
import { loadTargetFile } from "../../src/config/read/load-target-file.ts";
import { importFile } from "../../src/import/import-folder.ts";
import { placed } from "../../src/import/write/comments.ts";
import { temporaryFolder, writeFiles } from "../support/folder.ts";

function sideload(text: string) {
  const root = path.join(temporaryFolder(), "repo");
  writeFiles(root, { ".deploy.yaml": text });
  const imported = importFile(root, ".deploy.yaml", "sideloader");
  if (!imported.ok) return { problem: imported.problems[0], text: "", told: [] };
  writeFiles(root, { "targets.yaml": imported.value.text });
  const loaded = loadTargetFile(path.join(root, "targets.yaml"), root);
  if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join("\n"));
  return { text: imported.value.text, told: imported.value.losses.map(placed) };
}

test("a virtualenv is made, given its packages and the build script, and packed with what installs it", () => {
  const { text, told } = sideload(`
name: My Shop
buildscript: deploy/build it.sh
postinstall: post.sh
pip: [gunicorn, "django>=1.8"]
dependencies: [nginx, "libpq5 >= 9"]
supervisor: [shop.conf]
user: shop
virtualenv_prefix: shop
version: 1.10
`);
  expect(text).toContain('  version: { default: "1.10", help: Version }\n');
  expect(text).toContain("    tags: [ my-shop-builder ]\n");
  expect(text).toContain("    outputs: [ dist/my-shop.deb ]\n");
  const lines = text.split("\n").map((line) => line.trim());
  const order = [
    "export WORKSPACE=/sideloader NAME=my-shop REPO=repo",
    'export BUILDDIR="$WORKSPACE/build" VENV="$WORKSPACE/ve" PIP="$WORKSPACE/ve/bin/pip"',
    'python3 -m venv "$VENV"',
    '"$PIP" install --upgrade gunicorn',
    `"$PIP" install --upgrade 'django>=1.8'`,
    `"$WORKSPACE/$REPO"/'deploy/build it.sh'`,
    'cp -a "$BUILDDIR/." "$package$INSTALLDIR"',
    '"$PIP" freeze > "$package$INSTALLDIR/$NAME-requirements.pip"',
    'cp "$BUILDDIR"/shop.conf "$package/etc/supervisor/conf.d"',
    'chown -R shop "$package$INSTALLDIR"',
    'echo "VENV=$INSTALLDIR/shop-python PIP=$INSTALLDIR/shop-python/bin/pip"',
    'cat "$REPO"/post.sh',
    'dpkg-deb --build "$package" "$out/dist/$NAME.deb"',
  ];
  expect(lines.filter((line) => order.includes(line))).toEqual(order);
  expect(told).toEqual([]);
});

test("the other kinds of builds install a Python package, take a folder as it is, or build an image", () => {
  const python = sideload("buildtype: python\n").text;
  expect(python).toContain(
    'python3 -m pip install --no-deps --root "$package" --prefix /usr "./$REPO"\n',
  );
  expect(python).not.toContain('venv "$VENV"');
  const folder = sideload("buildtype: dir\n").text;
  expect(folder).toContain("RUN dpkg-deb --version\n");
  const docker = sideload("buildtype: docker\nname: shop\nbuildscript: x.sh\n");
  expect(docker.text).toContain('  shop:\n    image: .\n    tags: [ "shop:${version}" ]\n');
  expect(docker.told).toEqual([
    ".deploy.yaml:3: `buildscript` has no counterpart: an image has a Dockerfile for that",
  ]);
});

test("what has no counterpart is told", () => {
  expect(sideload("package_target: rpm\nallow_broken_build: true\ninit-script: x\n").told).toEqual([
    ".deploy.yaml:1: `package_target: rpm` has no counterpart: a Debian package is made",
    ".deploy.yaml:2: `allow_broken_build` has no counterpart: a package is made of builds that succeed",
    ".deploy.yaml:3: `init-script` has no counterpart: tbuild does not know it",
  ]);
});

test.each([
  [
    "buildtype: maven\n",
    "expected one of `virtualenv`, `python`, `dir`, `docker`, found the text `maven`",
  ],
  ["pip: gunicorn\n", "expected a list of texts for `pip`, found the text `gunicorn`"],
  ["name: [a]\n", "expected text for `name`, found a list"],
])("a wrong value is told with its place: %j", (text, message) => {
  expect(sideload(text).problem).toMatchObject({ message, at: { file: ".deploy.yaml", line: 1 } });
});
