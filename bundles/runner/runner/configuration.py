"""Configuration files: one in /config is used as it is, otherwise the image's template is filled in."""

import os
import string

from . import user
from .problem import SURROUNDINGS, Problem

CONFIG = "/config"
TEMPLATES = "/opt/runner/templates"


def path_of(name, values, config=CONFIG, templates=TEMPLATES, run=user.RUN):
    """Where the file of this name is to be read. In templates `$name` is a value, and `$$` a dollar."""
    if given(name, config):
        return os.path.join(config, name)
    with open(os.path.join(templates, name), encoding="utf-8") as file:
        text = string.Template(file.read()).substitute(values)
    path = os.path.join(run, name)
    # Written aside: containers of one user may share the folder with a service that reads it.
    with open(f"{path}.{os.getpid()}", "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(file.name, path)
    return path


def given(name, config=CONFIG):
    """Whether /config has the file; what is there and cannot be read is never passed over."""
    path = os.path.join(config, name)
    try:
        os.listdir(config)
        with open(path, "rb"):
            return True
    except FileNotFoundError:
        return False
    except OSError as error:
        what = error.filename or path
        raise Problem(
            f"`{what}` cannot be read by {user.described()}: {error.strerror.lower()}",
            "let that user read it, or start the container with `--user` of who may",
            SURROUNDINGS,
        ) from error
