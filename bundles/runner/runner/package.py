"""What the installed package offers, as its wheel tells: services, programs, Django's settings, a crontab."""

import os
import re
from importlib import metadata

SERVICES = "si.services"
# What a package that names no services is called by, if it has the module of a Django project.
WEB = "web"


class Package:
    def __init__(self, name):
        self._distribution = metadata.distribution(name)
        self.name = name
        self.version = self._distribution.version

    def services(self):
        """Modules by the name of their service: {"ops": "shop.wsgi:application"}."""
        named = self._entry_points(SERVICES)
        module = self._module("wsgi")
        return named or ({WEB: f"{module}:application"} if module else {})

    def programs(self):
        """Names of the commands that the package brings."""
        return list(self._entry_points("console_scripts"))

    def config_variable(self):
        """`SHOP_CORE_CONFIG` of the package `shop-core`."""
        return re.sub(r"[^A-Z0-9]", "_", self.name.upper()) + "_CONFIG"

    def settings_module(self):
        """The module `settings` right below a package of the wheel, or None."""
        return self._module("settings")

    def crontab(self):
        """Path of the crontab that the package brings, or None."""
        for path in self._paths():
            if os.path.basename(path) == "crontab":
                return str(self._distribution.locate_file(path))
        return None

    def _module(self, name):
        for path in self._paths():
            found = re.fullmatch(rf"([^/.]+)/{name}(?:/__init__)?\.py", path)
            if found:
                return f"{found[1]}.{name}"
        return None

    def _paths(self):
        return sorted(str(path) for path in self._distribution.files or [])

    def _entry_points(self, group):
        return {it.name: it.value for it in self._distribution.entry_points if it.group == group}


def installed():
    return Package(os.environ["BUNDLE_PACKAGE"])
