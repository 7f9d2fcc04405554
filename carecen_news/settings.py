"""Settings of the newsroom, read from the environment; docs/settings.md explains each variable.

A variable that is set but empty counts as absent. A wrong one stops the start with one sentence that says what to do.
"""

import ipaddress
import os
import sqlite3
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent


class Environment(environ.Env):
    ENVIRON = {name: value for name, value in os.environ.items() if value.strip()}


env = Environment()


def yes_or_no(name: str, default: bool) -> bool:
    """The variable `name` as a yes or a no; any other word is refused rather than read as "no"."""
    word = env.str(name, default="yes" if default else "no").strip().lower()
    if word not in {"1", "yes", "true", "on", "0", "no", "false", "off"}:
        raise ImproperlyConfigured(f"{name} is “{word}”: write yes or no.")
    return word in {"1", "yes", "true", "on"}


def whole_number(name: str, default: int, most: int) -> int:
    """The variable `name` as a number from 0 to `most`."""
    word = env.str(name, default=str(default)).strip()
    if not (word.isascii() and word.isdigit() and int(word) <= most):
        raise ImproperlyConfigured(f"{name} is “{word}”: write a whole number from 0 to {most}.")
    return int(word)


# --- Where it lives ---------------------------------------------------------------------------------------------------

DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var"))).expanduser().absolute()
try:
    DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
except OSError as fault:
    raise ImproperlyConfigured(
        f"DATA_DIR, {DATA_DIR}, cannot be made ({fault.strerror}): make the folder or name another in DATA_DIR."
    ) from fault

DEBUG = yes_or_no("DEBUG", default=False)
SAMPLE = yes_or_no("SAMPLE", default=True)

PORT = env.str("PORT", default="8000")
if not (PORT.isascii() and PORT.isdigit() and 0 < int(PORT) < 65536):
    raise ImproperlyConfigured(f"PORT is “{PORT}”: write a number from 1 to 65535.")

SITE_URL = env.str("SITE_URL", default=f"http://127.0.0.1:{PORT}").rstrip("/")


def is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_origin(address: str) -> bool:
    """Whether `address` is scheme and host and perhaps a port, and nothing more."""
    try:
        parts = urlsplit(address)
        return bool(parts.hostname) and f"{parts.scheme}://{parts.netloc}" == address and "@" not in address and parts.port != 0
    except ValueError:
        return False


if not is_origin(SITE_URL):
    raise ImproperlyConfigured(f"SITE_URL is “{SITE_URL}”: write the public address without a path, like https://news.example.org.")
_site = urlsplit(SITE_URL)
SITE_HOST = _site.hostname or ""
HTTPS = _site.scheme == "https"
if not HTTPS and not (_site.scheme == "http" and is_loopback(SITE_HOST)):
    raise ImproperlyConfigured(
        f"SITE_URL is “{SITE_URL}”: a public newsroom needs https://; plain http:// is for this machine only (127.0.0.1)."
    )
if HTTPS and DEBUG:
    raise ImproperlyConfigured("DEBUG shows the newsroom's insides to everyone: unset DEBUG, or use a SITE_URL on 127.0.0.1.")

# How many processes serve. One has the speed of a core; each has its own ready pages.
WORKERS = whole_number("WORKERS", default=1, most=64)
if not WORKERS:
    raise ImproperlyConfigured("WORKERS is 0: write how many processes are to serve, one at least.")

# Where the server listens. Without https only this machine may talk to it.
BIND = env.str("BIND", default="127.0.0.1")
if not HTTPS and not is_loopback(BIND):
    raise ImproperlyConfigured(f"BIND is “{BIND}”: plain http is for this machine only; set SITE_URL to an https:// address first.")


# --- Secrets ----------------------------------------------------------------------------------------------------------


def kept_secret_key(path: Path) -> str:
    """The secret key kept at `path`, made on the first start and readable by its owner only."""
    try:
        try:
            # Written whole under a name of its own, then linked: two first starts at once agree on one key.
            draft = path.with_name(f".{path.name}.{os.getpid()}")
            if not path.exists():
                with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                    file.write(get_random_secret_key())
                try:
                    os.link(draft, path)
                finally:
                    draft.unlink()
        except FileExistsError:
            pass
        key = path.read_text().strip()
    except OSError as fault:
        raise ImproperlyConfigured(
            f"The secret key {path} cannot be kept ({fault.strerror}): make DATA_DIR writable, name another folder in DATA_DIR, "
            "or set SECRET_KEY."
        ) from fault
    if not key:
        raise ImproperlyConfigured(f"The secret key {path} is empty: delete the file, and a new one is made (everyone signs in again).")
    return key


SECRET_KEY = env.str("SECRET_KEY", default="") or kept_secret_key(DATA_DIR / "secret_key")


# --- Who may ask, and how ---------------------------------------------------------------------------------------------

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[]) or [SITE_HOST, "127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = [SITE_URL]

if HTTPS:
    SECURE_SSL_REDIRECT = True
    SECURE_SSL_HOST = _site.netloc
    SECURE_REDIRECT_EXEMPT = [r"^health/$"]  # a monitor on this machine asks without TLS
    SECURE_HSTS_SECONDS = 2 * 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
if yes_or_no("TRUST_PROXY", default=False):  # only then: anyone could send this header to a server that stands alone
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# The staff's cookies are sent to the desk alone: a public page neither sets nor receives one.
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = "/admin/"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"  # other sites learn nothing; our own forms still say where they come from

# What a public page may load: its own style sheet and pictures, no script. The desk adds its scripts (releases/desk.py).
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "style-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],  # for checkers that ask for robots.txt from inside the page; there is no script to use it
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: []
    for name in (
        "accelerometer autoplay browsing-topics camera display-capture encrypted-media fullscreen geolocation gyroscope hid "
        "idle-detection magnetometer microphone midi payment picture-in-picture publickey-credentials-get screen-wake-lock serial "
        "usb xr-spatial-tracking"
    ).split()
}


# --- The parts --------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "taggit",
    "releases.apps.ReleasesConfig",
    "releases.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_prose_editor",
    "simple_history",
    "csp",
]

MIDDLEWARE = [
    "releases.middleware.ReadyPagesMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "releases.middleware.PolicyMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "releases.middleware.ReadableMiddleware",
    "releases.middleware.DeskSessionMiddleware",
    "releases.middleware.DeskAuthenticationMiddleware",
    "releases.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "releases.middleware.DeskMessageMiddleware",
]

ROOT_URLCONF = "carecen_news.urls"
WSGI_APPLICATION = "carecen_news.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

AUTH_USER_MODEL = "releases.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "releases.forms.AnotherPassword"},
]
LOGIN_URL = "admin:login"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


# --- The database -----------------------------------------------------------------------------------------------------


def sqlite_pragmas(version: tuple[int, int, int]) -> str:
    """What SQLite is told on every connection, by the engine's `version`.

    WAL, the fast journal, could corrupt the file in engines before 3.51.3 (mended in 3.50.7 and 3.44.6 too):
    https://sqlite.org/wal.html. Others keep the rollback journal, synced once more at each commit.
    """
    wal_is_safe = version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51, 0) or (3, 44, 6) <= version < (3, 45, 0)
    journal = (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;" if wal_is_safe else "PRAGMA journal_mode=DELETE; PRAGMA synchronous=EXTRA;"
    )
    # What is deleted is overwritten, so that a name removed everywhere is in no corner of the file.
    return journal + " PRAGMA mmap_size=0; PRAGMA cache_size=-16000; PRAGMA secure_delete=ON;"


DATABASE_URL = env.str("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'newsroom.sqlite3'}")
if DATABASE_URL.partition("://")[0] not in {"sqlite", "postgres", "postgresql"}:
    raise ImproperlyConfigured(
        f"DATABASE_URL begins with “{DATABASE_URL.partition(':')[0]}”: write postgres://user:password@host/name, sqlite:////folder/file, "
        "or leave it out for a database in DATA_DIR."
    )
try:
    DATABASES = {"default": env.db_url_config(DATABASE_URL)}
except ValueError as fault:
    raise ImproperlyConfigured(
        "DATABASE_URL cannot be read: write postgres://user:password@host/name or sqlite:////folder/file."
    ) from fault
if DATABASES["default"]["NAME"] in ("", ":memory:"):
    raise ImproperlyConfigured("DATABASE_URL names no database: write postgres://user:password@host/name or sqlite:////folder/file.")
DATABASES["default"]["CONN_MAX_AGE"] = 60
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",  # a writer waits at BEGIN for its turn and never fails halfway with "locked"
        "timeout": 20,
        "init_command": sqlite_pragmas(sqlite3.sqlite_version_info[:3]),
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True


# --- Caches -----------------------------------------------------------------------------------------------------------

PAGE_STORE_MB = whole_number("PAGE_STORE_MB", default=0 if DEBUG else 16, most=4096)
SHARED_SECONDS = whole_number("SHARED_SECONDS", default=0, most=600)
CACHE_URL = env.str("CACHE_URL", default="")
if CACHE_URL and CACHE_URL.partition("://")[0] not in {"redis", "rediss", "unix"}:
    raise ImproperlyConfigured("CACHE_URL cannot be read: write redis://host:6379/0, or leave it out.")
# Pages are cached in the memory of each process (releases/caching). `shared` is for counters that all processes must agree on.
CACHES: dict[str, dict[str, object]] = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    # What {% cache %} uses.
    "template_fragments": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "template_fragments",
        "OPTIONS": {"MAX_ENTRIES": 2000},
    },
}
if CACHE_URL:
    CACHES["shared"] = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": CACHE_URL,
        "OPTIONS": {"serializer": "carecen_news.serializers.JSONSerializer"},
    }


# --- Languages and time -----------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish"))]
LOCALE_PATHS = [BASE_DIR / "releases" / "locale"]
USE_I18N = True
TIME_ZONE = "America/Los_Angeles"
USE_TZ = True


# --- Files ------------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
WHITENOISE_ALLOW_ALL_ORIGINS = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": DATA_DIR / "uploads"}},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}


# --- What is written down: faults, never readers ----------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": ["console"], "level": "INFO", "propagate": False} if DEBUG else {"level": "ERROR"},
        # A 404 is no fault of ours, and the addresses people ask for are theirs.
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}
