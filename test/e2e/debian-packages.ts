/** Source distributions without an index: Django and what it needs from Debian's packages, uWSGI from its source. */
import { temporaryFolder } from "../support/folder.ts";
import { docker } from "./tbuild.ts";

const packages = ["python3-django", "python3-asgiref", "python3-sqlparse", "python3-tz"];

/**
 * Makes a source distribution of each package that lies in `dist-packages`: all of it, and a `setup.py`.
 * Times are those of Debian's files, so that the same package makes the same bytes.
 */
const makeSources = `
import importlib.metadata, os, shutil, subprocess, sys
installed, to = sys.argv[1:]
SETUP = """from setuptools import find_namespace_packages, setup
setup(name={0!r}, version={1!r}, packages=find_namespace_packages(), package_data={{"": ["*"]}},
      install_requires={2!r}, entry_points={{"console_scripts": {3!r}}})
"""
for found in importlib.metadata.distributions(path=[installed]):
    name, version = found.metadata["Name"].lower(), found.version
    folder = f"/tmp/{name}-{version}"
    os.mkdir(folder)
    programs = [f"{it.name} = {it.value}" for it in found.entry_points if it.group == "console_scripts"]
    needs = [it for it in found.requires or [] if "extra ==" not in it]
    with open(f"{folder}/setup.py", "w") as file:
        file.write(SETUP.format(name, version, needs, programs))
    shutil.copystat(os.path.join(installed, name), f"{folder}/setup.py")
    os.chmod(f"{folder}/setup.py", 0o644)
    shutil.copytree(os.path.join(installed, name), f"{folder}/{name}", symlinks=True)
    subprocess.check_call(["tar", "-czf", f"{to}/{name}-{version}.tar.gz", "-C", "/tmp", f"{name}-{version}"])
`;

const script = `set -e
mkdir /tmp/links /tmp/packages /tmp/installed
for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.sources; do
  [ ! -e $list ] || sed 's/^deb /deb-src /; s/^Types: deb$/Types: deb-src/' $list >\${list%.*}-src.\${list##*.}
done
[ ! -e /etc/apt/sources-src.list ] || mv /etc/apt/sources-src.list /etc/apt/sources.list.d/
apt-get -q update
cd /tmp/packages
apt-get -q download ${packages.join(" ")}
for file in *.deb; do dpkg-deb -x $file /tmp/installed; done
python3 /tmp/make.py /tmp/installed/usr/lib/python3/dist-packages /tmp/links
apt-get -q --download-only --tar-only source uwsgi
for file in uwsgi_*.orig.tar.*; do mv $file /tmp/links/$(echo $file | sed 's/_/-/; s/[.]orig//'); done
`;

/** Writes them into the folder, from a container of an image with a Debian that has Python. */
export async function writeDebianSources(folder: string, image: string): Promise<void> {
  const given = temporaryFolder({ "make.py": makeSources });
  const container = await docker("create", image, "sh", "-c", script);
  try {
    await docker("cp", `${given}/make.py`, `${container}:/tmp/make.py`);
    await docker("start", "--attach", container);
    await docker("cp", `${container}:/tmp/links/.`, folder);
  } finally {
    await docker("rm", "--force", "--volumes", container);
  }
}
