"""The newsroom's own settings in an environment made for tests: a folder that goes away, and plain static files."""

import atexit
import os
import shutil
import tempfile

_folder = tempfile.mkdtemp(prefix="newsroom-tests-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
_not_of_this_machine = "ALLOWED_HOSTS BIND CACHE_URL DEBUG PAGE_STORE_MB PORT SAMPLE SHARED_SECONDS SITE_URL TRUST_PROXY WORKERS"
for _name in _not_of_this_machine.split():
    os.environ.pop(_name, None)
os.environ |= {
    "DATA_DIR": _folder,
    "SECRET_KEY": "a key for tests only, long enough for every check 0123456789",
    "DJANGO_ALLOW_ASYNC_UNSAFE": "1",  # the browser's driver keeps a loop in the thread that tests use the database in
}

from carecen_news.settings import *  # noqa: E402, F403
from carecen_news.settings import DATABASES, STORAGES  # noqa: E402

DATABASES["default"]["TEST"] = {"NAME": f"{_folder}/test.sqlite3"} if "sqlite" in DATABASES["default"]["ENGINE"] else {}
DATABASES["default"]["CONN_MAX_AGE"] = 0  # a database that is to be dropped must not be held
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WHITENOISE_AUTOREFRESH = True
