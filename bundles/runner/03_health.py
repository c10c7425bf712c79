#!/opt/app/bin/python -I
"""The health check: nginx answers and uWSGI has a worker, where a service runs; else there is nothing to check."""

import json
import os
import sys
import urllib.request

SERVICE = "/run/bundle/service"


def main():
    if not os.path.exists(SERVICE):
        print("no service runs here")
        return 0
    try:
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open("http://127.0.0.1:8081/", timeout=4) as answer:
            workers = json.load(answer)["workers"]
    except (OSError, ValueError, KeyError) as error:
        print(f"the state on port 8081 cannot be read: {error}")
        return 1
    ready = [worker for worker in workers if worker["pid"] and worker["apps"]]
    print(f"{len(ready)} of {len(workers)} workers ready")
    return 0 if ready else 1


if __name__ == "__main__":
    sys.exit(main())
