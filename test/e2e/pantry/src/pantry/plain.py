"""A service of a few lines: the path says what to answer with, and after how many milliseconds."""

import os
import time


def application(environ, start_response):
    path = environ["PATH_INFO"]
    if path.startswith("/slow/"):
        time.sleep(int(path.rpartition("/")[2]) / 1000)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"plain {path} as {os.geteuid()}\n".encode()]
