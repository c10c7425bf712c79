/** Source distributions without an index: Django and what it needs from Debian's packages, uWSGI from its source. */
import { temporaryFolder } from "../support/folder.ts";
import { docker } from "./tbuild.ts";

const packages = ["python3-django", "python3-asgiref", "python3-sqlparse", "python3-tz"];

/**
 * Makes a source distribution of each package that lies in `dist-packages`: all of it, and a `setup.py`.
 * Times are those of Debian's files, so that the same package makes the same bytes. Links, which lead out of it to
 * other packages, are left out.
 */
const makeSources = `
import importlib.metadata, os, shutil, subprocess, sys
installed, to = sys.argv[1:]
SETUP = """from setuptools import find_namespace_packages, setup
setup(name={0!r}, version={1!r}, packages=find_namespace_packages(), package_data={{"": ["*"]}},
      install_requires={2!r}, entry_points={{"console_scripts": {3!r}}})
"""
def links(folder, names):
    return [name for name in names if os.path.islink(os.path.join(folder, name))]

all = list(importlib.metadata.distributions(path=[installed]))
names = [found.metadata["Name"].lower() for found in all]
for found in all:
    name, version = found.metadata["Name"].lower(), found.version
    folder = f"/tmp/{name}-{version}"
    os.mkdir(folder)
    programs = [f"{it.name} = {it.value}" for it in found.entry_points if it.group == "console_scripts"]
    # Debian does not always say in Python's words what a package needs.
    needs = [it for it in names if it != name] if name == "django" else []
    with open(f"{folder}/setup.py", "w") as file:
        file.write(SETUP.format(name, version, needs, programs))
    shutil.copystat(os.path.join(installed, name), f"{folder}/setup.py")
    os.chmod(f"{folder}/setup.py", 0o644)
    shutil.copytree(os.path.join(installed, name), f"{folder}/{name}", ignore=links)
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
