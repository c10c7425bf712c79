/** The shell script that makes the Debian package that Sideloader would make. Runs in the container of the builder. */
import type { DeployFile } from "./deploy-file.ts";

/** What scripts know as their workspace; the inputs lie in another folder of the container. */
const workspace = "/sideloader";

/** Lines without `${…}`: a `$NAME` belongs to the shell. */
export function packageScript(file: DeployFile, name: string, repository: string): string {
  return [
    ...variables(name, repository),
    ...(file.buildType === "virtualenv" ? makeVirtualenv(file) : []),
    ...buildScript(file),
    ...layPackage(file),
    ...postInstall(file),
    ...control(file),
    'mkdir -p "$out/dist"',
    'dpkg-deb --build "$package" "$out/dist/$NAME.deb"',
  ]
    .map((line) => `${line}\n`)
    .join("");
}

function variables(name: string, repository: string): readonly string[] {
  return [
    'out="$PWD"',
    `export WORKSPACE=${workspace} NAME=${quoted(name)} REPO=${quoted(repository)}`,
    'export BUILDDIR="$WORKSPACE/build" VENV="$WORKSPACE/ve" PIP="$WORKSPACE/ve/bin/pip"',
    'export PATH="$VENV/bin:$PATH"',
    'package="$WORKSPACE/package"',
    'mkdir -p "$BUILDDIR" "$package/DEBIAN" "$package$INSTALLDIR" "$WORKSPACE/$REPO"',
    'cp -a . "$WORKSPACE/$REPO"',
    'cd "$WORKSPACE"',
  ];
}

function makeVirtualenv({ pip }: DeployFile): readonly string[] {
  return [
    'python3 -m venv "$VENV"',
    '"$PIP" install --upgrade pip',
    ...pip.map((each) => `"$PIP" install --upgrade ${quoted(each)}`),
  ];
}

function buildScript({ buildScript: script }: DeployFile): readonly string[] {
  if (script === undefined) return [];
  return [`chmod a+x "$REPO"/${quoted(script)}`, `"$WORKSPACE/$REPO"/${quoted(script)}`];
}

function layPackage({ buildType, nginx, supervisor, user }: DeployFile): readonly string[] {
  const copied = (files: readonly string[], folder: string): readonly string[] =>
    files.length === 0
      ? []
      : [
          `mkdir -p "$package/${folder}"`,
          ...files.map((each) => `cp "$BUILDDIR"/${quoted(each)} "$package/${folder}"`),
        ];
  const owned =
    user === undefined
      ? []
      : [
          `id ${quoted(user)} >/dev/null 2>&1 || useradd --system ${quoted(user)}`,
          `chown -R ${quoted(user)} "$package$INSTALLDIR"`,
        ];
  const content =
    buildType === "python"
      ? ['python3 -m pip install --no-deps --root "$package" --prefix /usr "./$REPO"']
      : ['cp -a "$BUILDDIR/." "$package$INSTALLDIR"'];
  return [
    ...content,
    ...(buildType === "virtualenv"
      ? ['"$PIP" freeze > "$package$INSTALLDIR/$NAME-requirements.pip"']
      : []),
    ...copied(nginx, "etc/nginx/sites-enabled"),
    ...copied(supervisor, "etc/supervisor/conf.d"),
    ...owned,
  ];
}

/** What runs on the host that the package is installed on. */
function postInstall({
  buildType,
  postInstall: script,
  virtualenvPrefix,
}: DeployFile): readonly string[] {
  const folder = virtualenvPrefix === undefined ? "python" : `${virtualenvPrefix}-python`;
  const virtualenv = [
    `echo "VENV=$INSTALLDIR/${folder} PIP=$INSTALLDIR/${folder}/bin/pip"`,
    `echo 'test -x "$VENV/bin/python" || python3 -m venv "$VENV"'`,
    `echo '. "$VENV/bin/activate"'`,
    `echo '"$PIP" install --upgrade -r "$INSTALLDIR/$NAME-requirements.pip"'`,
  ];
  return [
    "{",
    "  echo '#!/bin/bash'",
    '  echo "INSTALLDIR=$INSTALLDIR REPO=$REPO NAME=$NAME BRANCH=$BRANCH"',
    ...(buildType === "virtualenv" ? virtualenv.map((line) => `  ${line}`) : []),
    ...(script === undefined ? [] : [`  cat "$REPO"/${quoted(script)}`]),
    ...(buildType === "virtualenv" ? ["  echo deactivate"] : []),
    '} > "$package/DEBIAN/postinst"',
    'chmod 755 "$package/DEBIAN/postinst"',
  ];
}

function control({ dependencies }: DeployFile): readonly string[] {
  const lines = [
    '"Package: $NAME"',
    '"Version: $VERSION"',
    '"Architecture: $(dpkg --print-architecture)"',
    '"Maintainer: $NAME"',
    ...(dependencies.length === 0
      ? []
      : [quoted(`Depends: ${dependencies.map(relation).join(", ")}`)]),
    '"Description: $NAME of branch $BRANCH"',
  ];
  return [`printf '%s\\n' ${lines.join(" ")} > "$package/DEBIAN/control"`];
}

/** `name >= 1.0` is `name (>= 1.0)` to dpkg. */
const relation = (text: string): string =>
  text.replace(/^(\S+)\s+(>=|<=|=|>>|<<|>|<)\s*(\S+)$/, "$1 ($2 $3)");

const quoted = (text: string): string =>
  /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
