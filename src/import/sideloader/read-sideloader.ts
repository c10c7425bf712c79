/** Reads a `.deploy.yaml` into a draft: a builder image, and a run in it that makes the package. */
import { type Draft, type DraftTarget, type Loss, literal, noImage } from "../draft.ts";
import { projectName } from "../names.ts";
import type { SourceFolder } from "../source-folder.ts";
import { type DeployFile, readDeployFile } from "./deploy-file.ts";
import { packageScript } from "./package-script.ts";

/** @param repository name of the folder, as scripts know it in `REPO` */
export function readSideloader(folder: SourceFolder, name: string, repository: string): Draft {
  const file = readDeployFile(folder.read(name));
  const project = projectName(file.name ?? repository);
  const draft =
    file.buildType === "docker"
      ? dockerDraft(file, project)
      : packageDraft(file, project, repository);
  return { ...draft, name: project, losses: lossesOf(file) };
}

const versionOf = ({ version }: DeployFile) => ({
  name: "version",
  default: version ?? "0.1",
  help: version === undefined ? "Version; Sideloader counted builds" : "Version",
});

function dockerDraft(file: DeployFile, project: string): Omit<Draft, "losses"> {
  const at = file.at("buildtype");
  const image = { ...noImage, context: ".", tags: [`${project}:\${version}`] };
  return {
    parameters: [versionOf(file)],
    targets: [{ name: project, at, losses: [], image }],
    default: [project],
  };
}

function packageDraft(
  file: DeployFile,
  project: string,
  repository: string,
): Omit<Draft, "losses"> {
  const target: DraftTarget = {
    name: "package",
    at: file.at(),
    help: "The Debian package, as Sideloader makes it",
    losses: [],
    keys: {
      run: literal(packageScript(file, project, repository)),
      in: "builder",
      inputs: ["**", "!dist/**", "!targets.yaml"],
      outputs: [`dist/${project}.deb`],
      env: { INSTALLDIR: "${install-dir}", BRANCH: "${branch}", VERSION: "${version}" },
    },
  };
  return {
    parameters: [
      versionOf(file),
      { name: "branch", default: "develop", help: "What build scripts find in BRANCH" },
      { name: "install-dir", default: "/srv", help: "Where the package is installed" },
      {
        name: "builder-base",
        default: "debian:bookworm",
        help: "The image that packages are made in",
      },
    ],
    targets: [builder(file, project), target],
    default: ["package"],
  };
}

/** What the kind of build needs; what a build script needs besides is known to its authors. */
function builder(file: DeployFile, project: string): DraftTarget {
  const needsPython = file.buildType !== "dir";
  const install = `RUN apt-get update && apt-get install --no-install-recommends -y build-essential git python3-dev python3-pip python3-venv && rm -rf /var/lib/apt/lists/*\n`;
  const dockerfile = `FROM \${builder-base}\n${needsPython ? install : "RUN dpkg-deb --version\n"}`;
  return {
    name: "builder",
    at: file.at(),
    help: "What the package is made in; add what the build script needs",
    losses: [],
    image: { ...noImage, dockerfile, tags: [`${project}-builder`] },
  };
}

function lossesOf(file: DeployFile): readonly Loss[] {
  const lost = (key: string, why: string, subject = `\`${key}\``): Loss => ({
    at: file.at(key),
    subject,
    why,
  });
  const isDocker = file.buildType === "docker";
  const ofPackages = [
    "buildscript",
    "postinstall",
    "dependencies",
    "pip",
    "nginx",
    "supervisor",
    "user",
  ];
  return [
    ...(file.packageTarget === "deb"
      ? []
      : [
          lost(
            "package_target",
            "a Debian package is made",
            `\`package_target: ${file.packageTarget}\``,
          ),
        ]),
    ...(file.allowBrokenBuild
      ? [lost("allow_broken_build", "a package is made of builds that succeed")]
      : []),
    ...(isDocker
      ? ofPackages
          .filter((key) => file.has(key))
          .map((key) => lost(key, "an image has a Dockerfile for that"))
      : []),
    ...file.unknown.map((key) => lost(key, "tbuild does not know it")),
  ];
}
