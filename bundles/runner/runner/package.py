"""What the installed package offers, as its wheel tells: services, programs, Django's settings, a crontab."""

import os
import re
from importlib import metadata

SERVICES = "si.services"


class Package:
    def __init__(self, name):
        self._distribution = metadata.distribution(name)
        self.name = name
        self.version = self._distribution.version

    def services(self):
        """Modules by the name of their service: {"ops": "shop.wsgi:application"}."""
        return self._entry_points(SERVICES)

    def programs(self):
        """Names of the commands that the package brings."""
        return list(self._entry_points("console_scripts"))

    def config_variable(self):
        """`SHOP_CORE_CONFIG` of the package `shop-core`."""
        return re.sub(r"[^A-Z0-9]", "_", self.name.upper()) + "_CONFIG"

    def settings_module(self):
        """The module `settings` right below a package of the wheel, or None."""
        for path in self._paths():
            found = re.fullmatch(r"([^/.]+)/settings(?:/__init__)?\.py", path)
            if found:
                return f"{found[1]}.settings"
        return None

    def crontab(self):
        """Path of the crontab that the package brings, or None."""
        for path in self._paths():
            if os.path.basename(path) == "crontab":
                return str(self._distribution.locate_file(path))
        return None

    def _paths(self):
        return sorted(str(path) for path in self._distribution.files or [])

    def _entry_points(self, group):
        return {it.name: it.value for it in self._distribution.entry_points if it.group == group}


def installed():
    return Package(os.environ["BUNDLE_PACKAGE"])
