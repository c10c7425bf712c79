"""A program of the package."""

import os
import sys


def main():
    print("report", *sys.argv[1:], os.environ["PANTRY_SHOP_CONFIG"])
    return 7
