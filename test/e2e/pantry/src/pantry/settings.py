"""Django's settings; where the database lies is in the file that PANTRY_SHOP_CONFIG names."""

import configparser
import os

config = configparser.ConfigParser()
with open(os.environ["PANTRY_SHOP_CONFIG"], encoding="utf-8") as file:
    config.read_file(file)

SECRET_KEY = "only for tests"
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = ["pantry"]
ROOT_URLCONF = "pantry.urls"
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": config.get("pantry", "database", fallback=":memory:"),
    }
}
