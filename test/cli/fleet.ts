/** A target file that has one of everything which the command line must cope with. */
import type { Declaration } from "../../src/config/declaration.ts";
import { loadTargetFile } from "../../src/config/read/load-target-file.ts";
import { temporaryFolder } from "../support/folder.ts";

const fleet = `name: fleet
default: all
params:
  version: { default: "1.0", help: Version of everything }
  os: { default: bookworm, choices: [bookworm, trixie], help: Debian release }
  packages: { type: path, env: FLEET_PACKAGES, help: Prebuilt packages }
  docs: { type: flag, help: With documentation }
  token: { type: secret, env: FLEET_TOKEN, help: For the index }
  to: { type: path, default: dist }
targets:
  notes: { help: What is new, run: "echo \${version}", outputs: [notes.txt] }
  page:
    help: One page a part
    matrix: { part: [left, right] }
    run: "echo \${version} \${os} \${docs} > \${part}.txt"
    outputs: ["\${part}.txt"]
    secrets: { TOKEN: "\${token}" }
  given: { first-of: [{ use: "\${packages}" }, { target: notes }] }
  all: { needs: [page, given] }
  pack: { archive: page, to: "\${to}/pages.tar.gz" }
`;

export const fleetFolder = (): string => temporaryFolder({ "targets.yaml": fleet });

export function fleetDeclaration(): Declaration {
  const loaded = loadTargetFile("targets.yaml", fleetFolder());
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  return loaded.value;
}
