"""Tells what an image was made of: as a result file or as a bill of materials in the form of CycloneDX.

The IDs of images come from tbuild, by the environment; the digest of an image in a registry is known once it is
pushed. Nothing here depends on when it runs, so that the same bundle has the same description.
"""

import argparse
import glob
import hashlib
import json
import os
import sys

from pip._vendor.packaging.utils import parse_wheel_filename


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--form", choices=["result", "cyclonedx"], required=True)
    for name in ("package", "version", "python", "image", "wheelhouse", "to"):
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    wheels = [describe(file) for file in sorted(glob.glob(os.path.join(options.wheelhouse, "*.whl")))]
    content = result(options, wheels) if options.form == "result" else cyclonedx(options, wheels)
    with open(options.to, "w", encoding="utf-8") as out:
        json.dump(content, out, indent=2)
        out.write("\n")


def describe(file):
    name, version, _, _ = parse_wheel_filename(os.path.basename(file))
    with open(file, "rb") as source:
        digest = hashlib.sha256(source.read()).hexdigest()
    return {"name": name, "version": str(version), "file": os.path.basename(file), "sha256": digest}


def result(options, wheels):
    return {
        "image": options.image,
        "image-id": os.environ["BUNDLE_IMAGE"],
        "package": options.package,
        "version": options.version,
        "python": options.python,
        "base-id": os.environ["BASE_IMAGE"],
        "compiler-id": os.environ["COMPILER_IMAGE"],
        "wheels": wheels,
    }


def cyclonedx(options, wheels):
    properties = {
        "tbuild:python": options.python,
        "tbuild:image-id": os.environ["BUNDLE_IMAGE"],
        "tbuild:base-id": os.environ["BASE_IMAGE"],
        "tbuild:compiler-id": os.environ["COMPILER_IMAGE"],
    }
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": {
                "type": "container",
                "bom-ref": options.image,
                "name": options.image.rpartition(":")[0],
                "version": options.version,
            },
            "properties": [{"name": name, "value": value} for name, value in properties.items()],
        },
        "components": [component(wheel) for wheel in wheels],
    }


def component(wheel):
    purl = f"pkg:pypi/{wheel['name']}@{wheel['version']}"
    return {
        "type": "library",
        "bom-ref": purl,
        "name": wheel["name"],
        "version": wheel["version"],
        "purl": purl,
        "hashes": [{"alg": "SHA-256", "content": wheel["sha256"]}],
    }


if __name__ == "__main__":
    sys.exit(main())
