"""Settings for tests: those of the newsroom with a temporary data folder and plain static files."""

import atexit
import os
import shutil
import tempfile

_folder = tempfile.mkdtemp(prefix="newsroom-tests-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
_local_settings = (
    "ALLOWED_HOSTS BIND_ADDRESS CACHE_URL CDN_MAX_AGE DATABASE_OWNER_URL DEBUG LOG_FORMAT MAIL_FROM MAIL_URL "
    "PAGE_CACHE_MB PORT RUN_WORKER SAMPLE SECURITY_CONTACT SESSION_IDLE_MINUTES SESSION_MAX_MINUTES SITE_URL "
    "STORAGE_URL TRUST_PROXY WORKERS"
)
for _name in _local_settings.split():
    os.environ.pop(_name, None)
os.environ |= {
    "DATA_DIR": _folder,
    "SECRET_KEY": "a key for tests only, long enough for every check 0123456789",
    # Playwright runs an event loop in the thread in which tests use the database.
    "DJANGO_ALLOW_ASYNC_UNSAFE": "1",
}

from carecen_news.settings import *  # noqa: E402, F403
from carecen_news.settings import DATABASES, STORAGES  # noqa: E402

DATABASES["default"]["TEST"] = (
    {"NAME": f"{_folder}/test.sqlite3"} if "sqlite" in DATABASES["default"]["ENGINE"] else {}
)
DATABASES["default"]["CONN_MAX_AGE"] = 0  # an open connection would prevent dropping the database
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WHITENOISE_AUTOREFRESH = True
