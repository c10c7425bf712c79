"""What is logic in the runner image's programs; what they do in a container, bundle-runner.test.ts says."""

import os
import sys
import tempfile
import unittest

sys.path.insert(0, "/opt/runner")

from runner import configuration, log_device, package, schedule  # noqa: E402
from runner.problem import Problem  # noqa: E402


def written(folder, **files):
    for name, text in files.items():
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)


class LogLines(unittest.TestCase):
    def test_a_line_says_its_level_and_no_time(self):
        line = log_device.line_of(b"<11>Nov  1 09:20:00 tick[7]: lost\n\0")
        self.assertEqual(line, "err tick[7]: lost")

    def test_what_has_no_head_is_kept_as_it_is(self):
        self.assertEqual(log_device.line_of(b"a\nb"), "a b")


class Crontabs(unittest.TestCase):
    def line(self, text):
        return schedule.table_of(text, "/config/crontab")

    def test_comments_and_variables_stay(self):
        text = "# jobs\n\nMAILTO=''\n"
        self.assertEqual(self.line(text), text)

    def test_a_command_is_wrapped_as_one_text_for_the_shell(self):
        self.assertEqual(
            self.line("5 * * * * a 'b' | c"),
            "5 * * * * app /opt/runner/bin/cronwrapper -- sh -c 'a '\"'\"'b'\"'\"' | c'\n",
        )

    def test_who_names_the_wrapper_gives_it_options(self):
        self.assertEqual(
            self.line("@daily cronwrapper --kill-previous -- a"),
            "@daily app /opt/runner/bin/cronwrapper --kill-previous -- a\n",
        )

    def test_a_line_that_is_none_is_told_with_its_place(self):
        with self.assertRaises(Problem) as raised:
            self.line("# one\n* * nothing\n")
        self.assertEqual(
            raised.exception.message, "/config/crontab:2: not a line of a crontab: `* * nothing`"
        )


class Services(unittest.TestCase):
    def services(self, files, entries=""):
        folder = tempfile.mkdtemp()
        info = os.path.join(folder, "shop-1.0.dist-info")
        os.mkdir(info)
        record = "".join(f"{file},,\n" for file in files)
        texts = {"METADATA": "Name: shop\nVersion: 1.0\n", "RECORD": record, "entry_points.txt": entries}
        for name, text in texts.items():
            with open(os.path.join(info, name), "w", encoding="utf-8") as file:
                file.write(text)
        sys.path.insert(0, folder)
        try:
            return package.Package("shop").services()
        finally:
            sys.path.remove(folder)

    def test_a_django_project_that_names_none_offers_its_wsgi_module(self):
        self.assertEqual(
            self.services(["shop/deep/wsgi.py", "shop/wsgi.py", "tests/wsgi.py"]),
            {"web": "shop.wsgi:application"},
        )

    def test_those_that_are_named_count(self):
        entries = "[si.services]\nops = shop.ops:application\n"
        self.assertEqual(
            self.services(["shop/wsgi.py"], entries), {"ops": "shop.ops:application"}
        )

    def test_a_package_without_either_offers_none(self):
        self.assertEqual(self.services(["shop/wsgi_server.py"]), {})


class Configurations(unittest.TestCase):
    def setUp(self):
        names = ("config", "templates", "run")
        self.folders = {name: tempfile.mkdtemp() for name in names}

    def path_of(self, **values):
        return configuration.path_of("a.conf", values, **self.folders)

    def test_a_template_is_filled_in(self):
        written(self.folders["templates"], **{"a.conf": "$name has $$name, ${name}s"})
        path = self.path_of(name="x")
        self.assertEqual(path, os.path.join(self.folders["run"], "a.conf"))
        with open(path, encoding="utf-8") as file:
            self.assertEqual(file.read(), "x has $name, xs")

    def test_a_file_of_config_is_taken_as_it_is(self):
        written(self.folders["config"], **{"a.conf": "$remote_addr"})
        self.assertEqual(self.path_of(), os.path.join(self.folders["config"], "a.conf"))

    def test_without_config_the_template_counts(self):
        written(self.folders["templates"], **{"a.conf": ""})
        self.folders["config"] = "/nowhere"
        self.assertEqual(self.path_of(), os.path.join(self.folders["run"], "a.conf"))


if __name__ == "__main__":
    unittest.main()
