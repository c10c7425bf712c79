"""Makes the wheelhouse of a package: its wheel, those of all that it needs, and requirements.txt. Without a
package it makes those of what stands beside every one, so that they are compiled once for all.

pip does the work. This program says where from, writes down hashes, and turns what pip says when it fails into
one message; how source is compiled, so that the bytes are the same, is the business of wheels.py. Lines
`::error::` and `::hint::` are how a command tells tbuild what went wrong; lines after them are shown below.
"""

import argparse
import base64
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request

from pip._vendor.packaging.utils import canonicalize_name, parse_wheel_filename
from pip._vendor.packaging.version import InvalidVersion, Version
from wheels import make_wheels, sha256

# What is told to be worth another attempt, as sysexits has it.
TEMPORARY = 75


class Failure(Exception):
    """What to tell, the next action, and lines of pip's or the compiler's to repeat."""

    def __init__(self, message, hint=None, lines=(), code=1):
        super().__init__(message)
        self.hint, self.lines, self.code = hint, lines, code


def main():
    options = read_options()
    try:
        check_version(options)
        with tempfile.TemporaryDirectory() as work:
            wheels = os.path.join(work, "wheels")
            os.mkdir(wheels)
            if requirements(options):
                make(options, work, wheels)
            write_wheelhouse(options, wheels)
    except Failure as failure:
        print(f"::error::{failure}")
        if failure.hint:
            print(f"::hint::{failure.hint}")
        for line in failure.lines:
            print(line)
        return failure.code
    return 0


def read_options():
    parser = argparse.ArgumentParser()
    for name in ("index", "find-links", "constraints", "keep", "to"):
        parser.add_argument(f"--{name}", required=True)
    for name in ("package", "version", "also", "compiled", "extra-index"):
        parser.add_argument(f"--{name}", default="")
    return parser.parse_args()


def check_version(options):
    """pip would read something else into `1.0,<2` or `1.*`."""
    if not options.package:
        return
    try:
        Version(options.version)
    except InvalidVersion:
        message = f"`{options.version}` is no version of a Python package"
        raise Failure(message, "a version is like `1.2`, `1.2.3` or `2.0rc1`") from None


def requirements(options):
    """The package, and what stands beside it: of what was compiled before just that version."""
    compiled = {}
    for file in compiled_wheels(options):
        name, version, _, _ = parse_wheel_filename(os.path.basename(file))
        compiled[name] = version
    found = [f"{options.package}=={options.version}"] if options.package else []
    for requirement in options.also.split():
        name, extras = re.match(r"([\w.-]*)(\[[^]]*\])?", requirement).groups(default="")
        version = compiled.get(canonicalize_name(name))
        if canonicalize_name(name) != canonicalize_name(options.package):
            found.append(f"{name}{extras}=={version}" if version else requirement)
    return found


def compiled_wheels(options):
    return sorted(glob.glob(os.path.join(os.path.abspath(options.compiled), "*.whl"))) if options.compiled else []


# --- pip ---


def make(options, work, wheels):
    """Two steps: pip finds and fetches all that is needed, and what came as source is compiled."""
    lines = []
    places = sources(options, work)
    common = environment(options, work)

    def pip(words, more):
        run_pip([*words, *places], {**common, **more}, lines, options)

    downloads = os.path.join(work, "downloads")
    words = ["download", "--dest", downloads, *requirements(options)]
    for constraints in glob.glob(os.path.join(options.constraints, "*")):
        words += ["--constraint", constraints]
    pip(words, {})
    make_wheels(downloads, wheels, os.path.abspath(os.path.join(options.keep, "compiled")), pip)


def run_pip(words, env, lines, options):
    process = subprocess.Popen(
        [sys.executable, "-m", "pip", *words],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    for line in process.stdout:
        lines.append(line.rstrip("\n"))
        print(lines[-1], flush=True)
    if process.wait() != 0:
        raise why(lines, options)


def sources(options, work):
    """Where pip looks. Without an index, builds use Debian's setuptools: there is no other to be had."""
    found = ["--index-url", options.index] if options.index else ["--no-index", "--no-build-isolation"]
    if options.extra_index:
        found += ["--extra-index-url", options.extra_index]
    for url in (options.index, options.extra_index):
        # Whoever writes http means it; pip would look away otherwise.
        if url.startswith("http://"):
            found += ["--trusted-host", urllib.parse.urlsplit(url).netloc.rpartition("@")[2]]
    files = link_files(options) + compiled_wheels(options)
    if files:
        page = os.path.join(work, "links.html")
        with open(page, "w", encoding="utf-8") as out:
            out.writelines(f'<a href="{link(file)}">{os.path.basename(file)}</a>\n' for file in files)
        found += ["--find-links", page]
    return found


def link_files(options):
    return sorted(glob.glob(os.path.join(os.path.abspath(options.find_links), "*")))


def link(file):
    """With its hash: of an archive that changed in its place nothing is taken from pip's cache."""
    return f"file://{urllib.parse.quote(file)}#sha256={sha256(file)}"


def environment(options, work):
    """Debug information would name folders, and an order by chance would make each wheel another one."""
    own = {
        "CFLAGS": "-g0",
        "PIP_CACHE_DIR": os.path.abspath(os.path.join(options.keep, "pip")),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_COLOR": "1",
        "PIP_NO_INPUT": "1",
        "PIP_PROGRESS_BAR": "off",
        "PIP_RETRIES": "2",
        "PIP_ROOT_USER_ACTION": "ignore",
        "PYTHONHASHSEED": "0",
    }
    inherited = {name: value for name, value in os.environ.items() if name != "INDEX_CREDENTIALS"}
    if "SSL_CERT_FILE" in inherited:
        own["PIP_CERT"] = inherited["SSL_CERT_FILE"]
    credentials = os.environ.get("INDEX_CREDENTIALS")
    if credentials:
        own["NETRC"] = write_netrc(options, credentials, work)
    return {**inherited, **own}


def write_netrc(options, credentials, work):
    """pip finds credentials there and never shows them, as it may those in a URL."""
    user, _, password = credentials.partition(":")
    place = os.path.join(work, "netrc")
    hosts = {urllib.parse.urlsplit(url).hostname for url in (options.index, options.extra_index) if url}
    with open(os.open(place, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as out:
        out.writelines(f"machine {host} login {user} password {password}\n" for host in sorted(hosts))
    return place


# --- the wheelhouse ---


def write_wheelhouse(options, wheels):
    os.makedirs(options.to, exist_ok=True)
    pins = {}
    for file in sorted(os.listdir(wheels)):
        name, version, _, _ = parse_wheel_filename(file)
        place = os.path.join(wheels, file)
        pins[name] = f"{name}=={version} --hash=sha256:{sha256(place)}\n"
        shutil.copyfile(place, os.path.join(options.to, file))
    first = [pins.pop(canonicalize_name(options.package))] if options.package else []
    with open(os.path.join(options.to, "requirements.txt"), "w", encoding="utf-8") as out:
        out.writelines([*first, *(pins[name] for name in sorted(pins))])
    for constraints in glob.glob(os.path.join(options.constraints, "*")):
        shutil.copyfile(constraints, os.path.join(options.to, "constraints.txt"))


# --- what went wrong ---


def why(lines, options):
    """The first explanation that fits what pip said; what it said stands above in any case."""
    text = "\n".join(lines)
    for explain in (refused_python, conflict, not_found, not_compiled):
        failure = explain(text, options)
        if failure:
            return failure
    return index_trouble(options, first_name(options)) or Failure("pip failed")


def first_name(options):
    return re.match(r"[\w.-]*", options.package or options.also)[0]


def subject(options):
    return f"`{options.package}` {options.version}" if options.package else f"`{options.also}`"


def refused_python(text, options):
    if not options.package:
        return None
    this = "{}.{}".format(*sys.version_info)
    pattern = rf"(?:^| |;){re.escape(options.version)} Requires-Python ([^;\n]+)"
    found = re.search(pattern, text) or re.search(r"requires a different Python: \S+ not in '([^']+)'", text)
    if not found:
        return None
    message = f"{subject(options)} needs Python {found[1].strip()}, and this is {this}"
    return Failure(message, "choose another with `--python`, or an older `--version`", shown(found[0]))


def conflict(text, options):
    found = re.search(r"^ERROR: (Cannot install .*)", text, re.M)
    if not found:
        return None
    said = text[found.start() :].replace("ERROR: ", "").split("\n\nTo fix this")[0]
    lines = [line for line in said.split("\n") if line.strip()]
    message = f"what {subject(options)} needs contradicts itself"
    hint = "these are the words of pip; `--constraints FILE` and `--also` may have a part in it"
    return Failure(message, hint, lines)


def not_found(text, options):
    found = re.search(
        r"Could not find a version that satisfies the requirement (\S+)(?: \(from (?!versions)([^)]*)\))?"
        r" \(from versions: ([^)]*)\)",
        text,
    )
    if not found:
        return None
    requirement, parent, versions = found[1], found[2], found[3]
    name = re.split(r"[<>=!~\[; ]", requirement, maxsplit=1)[0]
    known = [] if versions == "none" else versions.split(", ")
    if not known:
        trouble = index_trouble(options, name)
        if trouble:
            return trouble
    if parent:
        message = f"`{parent.split('->')[-1].strip()}` needs `{requirement}`, which is not to be had"
        return Failure(message, shown_versions(known, requirement), shown(found[0]))
    if not known:
        message = f"there is no package `{name}` {where(options)}"
        return Failure(message, "look at how its name is written", shown(found[0]))
    wanted = requirement.split("==")[-1]
    message = f"there is no version `{wanted}` of `{name}` {where(options)}"
    return Failure(message, shown_versions(known, wanted), shown(found[0]))


def shown(line, longest=160):
    """One line of pip's, which may list hundreds of versions."""
    line = line.strip(" ;")
    return [line if len(line) <= longest else f"{line[:longest]}…"]


def where(options):
    places = [f"in `{url}`" for url in (options.index, options.extra_index) if url]
    if link_files(options):
        places.append("in the folder of `--find-links`")
    return " or ".join(places) or "without an index"


def shown_versions(known, wanted):
    if not known:
        return "look at how its name is written, or give a folder that has it with `--find-links`"
    words = [f"`{version}`" for version in nearest(known, wanted)]
    listed = " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
    return f"the nearest {'is' if len(words) == 1 else 'are'} {listed}"


def nearest(known, wanted):
    """At most three versions before the one that is wanted, and two after it."""
    number = re.search(r"\d[\w.]*", wanted)
    try:
        aim = Version(number[0] if number else wanted)
        finished = [version for version in known if not Version(version).is_prerelease]
        ordered = sorted(known if aim.is_prerelease else finished or known, key=Version)
        before = [version for version in ordered if Version(version) <= aim][-3:]
        return before + [version for version in ordered if Version(version) > aim][:2]
    except InvalidVersion:
        return known[-5:]


def not_compiled(text, options):
    found = re.search(r"Failed building wheel for (\S+)|Failed to build (?!installable)'?([^\s']+)", text)
    broken = re.search(r"^error: metadata-generation-failed", text, re.M)
    if not found and not broken:
        return None
    name = (found[1] or found[2]) if found else first_name(options)
    blocks = re.findall(r"\[\d+ lines? of output\]\n(.*?)\n\s*\[end of output\]", text, re.S)
    lines = [line.strip() for line in (blocks[0] if blocks else "").split("\n") if line.strip()]
    message = f"`{name}` does not compile"
    hint = "a library that it lacks goes into `bundles/base/base_vars.sh`; the log has all lines"
    return Failure(message, hint, lines[-15:])


def index_trouble(options, name):
    """Asks the index itself: pip tells a missing package and a closed door in the same words."""
    for url in filter(None, (options.index, options.extra_index)):
        place = f"{url.rstrip('/')}/{canonicalize_name(name)}/"
        request = urllib.request.Request(place, headers=authorization())
        try:
            urllib.request.urlopen(request, timeout=20).close()
        except urllib.error.HTTPError as error:
            if error.code in (401, 403, 407):
                hint = "give USER:PASSWORD with `--index-credentials-file PATH` or `BUNDLES_INDEX_CREDENTIALS`"
                return Failure(f"the index `{url}` refuses: {error.code} {error.reason}", hint)
            if error.code >= 500 or error.code == 429:
                message = f"the index `{url}` is of no use now: {error.code} {error.reason}"
                return Failure(message, "try again later", code=TEMPORARY)
        except (OSError, ValueError) as error:
            reason = getattr(error, "reason", error)
            hint = "look at `--index`, or give source distributions with `--find-links` and `--index ''`"
            return Failure(f"the index `{url}` cannot be reached: {reason}", hint, code=TEMPORARY)
    return None


def authorization():
    credentials = os.environ.get("INDEX_CREDENTIALS")
    if not credentials:
        return {}
    return {"Authorization": f"Basic {base64.b64encode(credentials.encode()).decode()}"}


if __name__ == "__main__":
    sys.exit(main())
