"""Settings of the newsroom, read from the environment; docs/reference/settings.md explains each variable.

An empty variable counts as unset. An invalid one stops the start with a message that says what to do.
"""

import json
import re
import sqlite3
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from carecen_news.data_folder import get_secret_key, prepare_data_folder, refuse_unfinished_upgrade
from carecen_news.database_url import read_database_url, read_owner_url
from carecen_news.environment import env, is_loopback, is_origin, read_bool, read_int
from carecen_news.mail import TIMEOUT_SECONDS, read_mail_settings
from carecen_news.security_contact import get_contact_url
from carecen_news.sqlite import sqlite_pragmas
from carecen_news.static_files import add_etag
from carecen_news.storage_url import get_storage

BASE_DIR = Path(__file__).resolve().parent.parent
refuse_unfinished_upgrade(BASE_DIR)

RENAMED = {"BIND": "BIND_ADDRESS", "PAGE_STORE_MB": "PAGE_CACHE_MB", "SHARED_SECONDS": "CDN_MAX_AGE"}
for _old, _new in RENAMED.items():
    if _old in env.ENVIRON:
        raise ImproperlyConfigured(f"The setting {_old} was renamed to {_new}. Use the new name.")


# --- Data, address and processes ----------------------------------------------------------------------------

DATA_DIR = prepare_data_folder(
    Path(env.str("DATA_DIR", default=str(BASE_DIR / "var"))).expanduser().absolute()
)

DEBUG = read_bool("DEBUG", default=False)
SAMPLE = read_bool("SAMPLE", default=True)

PORT = env.str("PORT", default="8000")
if not (PORT.isascii() and PORT.isdigit() and 0 < int(PORT) < 65536):
    raise ImproperlyConfigured(f"PORT is “{PORT}”. It must be a number from 1 to 65535.")

SITE_URL = env.str("SITE_URL", default=f"http://127.0.0.1:{PORT}").rstrip("/")

if not is_origin(SITE_URL):
    raise ImproperlyConfigured(
        f"SITE_URL is “{SITE_URL}”. It must be the public URL without a path, like https://news.example.org."
    )
_site = urlsplit(SITE_URL)
SITE_HOST = _site.hostname or ""
HTTPS = _site.scheme == "https"
if not HTTPS and not (_site.scheme == "http" and is_loopback(SITE_HOST)):
    raise ImproperlyConfigured(
        f"SITE_URL is “{SITE_URL}”. A public newsroom needs https://. Plain http:// works only on 127.0.0.1."
    )
if HTTPS and DEBUG:
    raise ImproperlyConfigured(
        "DEBUG shows internal data to everyone. Unset DEBUG, or use a SITE_URL on 127.0.0.1."
    )

# The number of server processes. Each uses at most one core, and has its own page cache.
WORKERS = read_int("WORKERS", default=1, maximum=64)
if not WORKERS:
    raise ImproperlyConfigured("WORKERS is 0. It must be at least 1.")

# The address the server listens on. Without HTTPS, only this machine may connect.
BIND_ADDRESS = env.str("BIND_ADDRESS", default="127.0.0.1")
if not HTTPS and not is_loopback(BIND_ADDRESS):
    raise ImproperlyConfigured(
        f"BIND_ADDRESS is “{BIND_ADDRESS}”. Plain HTTP works only on this machine. Set SITE_URL to an "
        "https:// URL first."
    )

SECURITY_CONTACT = get_contact_url(env.str("SECURITY_CONTACT", default=""))


# --- Secrets ------------------------------------------------------------------------------------------------

SECRET_KEY = env.str("SECRET_KEY", default="") or get_secret_key(DATA_DIR / "secret_key")


# --- Hosts, HTTPS and cookies -------------------------------------------------------------------------------

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[]) or [SITE_HOST, "127.0.0.1", "localhost", "[::1]"]
if HTTPS and (_open := [host for host in ALLOWED_HOSTS if "*" in host or re.fullmatch(r"\.[^.]*\.?", host)]):
    raise ImproperlyConfigured(
        f"ALLOWED_HOSTS contains “{_open[0]}”, which allows foreign hosts. List the host names of the "
        "newsroom, separated by commas."
    )
CSRF_TRUSTED_ORIGINS = [SITE_URL]

SECURE_REDIRECT_EXEMPT = [r"^health/((live|ready)/?)?$"]  # a monitor on this machine connects without TLS
if HTTPS:
    SECURE_SSL_REDIRECT = True
    SECURE_SSL_HOST = _site.netloc
    SECURE_HSTS_SECONDS = 2 * 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
# Without a proxy, anyone could send this header, and X-Real-IP.
TRUST_PROXY = read_bool("TRUST_PROXY", default=False)
if TRUST_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Staff cookies are sent to the admin only: public pages neither set nor receive one. With the prefix,
# browsers accept them over HTTPS only. (`__Host-` would require the path /.)
_prefix = "__Secure-" if HTTPS else ""
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{_prefix}sessionid", f"{_prefix}csrftoken"
DEVICE_COOKIE_NAME = f"{_prefix}device"
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = "/admin/"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

X_FRAME_OPTIONS = "DENY"
# Other sites get no referrer; the CSRF check of our own forms needs one.
SECURE_REFERRER_POLICY = "same-origin"

# Public pages load only the site's own stylesheet, fonts and images. Release pages and the admin also allow
# our scripts.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],  # for checkers that fetch robots.txt from inside the page
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: []
    for name in (
        "accelerometer autoplay browsing-topics camera display-capture encrypted-media fullscreen "
        "geolocation gyroscope hid idle-detection magnetometer microphone midi payment picture-in-picture "
        "publickey-credentials-create publickey-credentials-get screen-wake-lock serial usb "
        "xr-spatial-tracking"
    ).split()
}


# --- Apps, middleware and templates -------------------------------------------------------------------------

INSTALLED_APPS = [
    "taggit",
    "django_tasks",
    "django_tasks_db",
    "releases.apps.ReleasesConfig",
    "releases.apps.NewsroomAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_prose_editor",
    "simple_history",
    "csp",
]

MIDDLEWARE = [
    "releases.middleware.WaitingLimitMiddleware",
    "releases.middleware.SourceMiddleware",
    "releases.middleware.QueryRedirectMiddleware",
    "releases.middleware.PageCacheMiddleware",
    "releases.middleware.ResourcePolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "releases.middleware.CachedCSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "releases.middleware.NullByteMiddleware",
    "releases.middleware.AdminSessionMiddleware",
    "releases.middleware.AdminAuthenticationMiddleware",
    "releases.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "releases.middleware.AdminMessageMiddleware",
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
            ]
        },
    }
]

AUTH_USER_MODEL = "releases.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "releases.accounts.passwords.NameInPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
# The first one hashes new passwords. A password with another hash gets a new one at the next sign-in.
PASSWORD_HASHERS = [
    "releases.accounts.passwords.LimitedArgon2PasswordHasher",
    "releases.accounts.passwords.LimitedPBKDF2PasswordHasher",
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"

SESSION_ENGINE = "releases.models.sessions"
SESSION_COOKIE_AGE = 60 * read_int("SESSION_MAX_MINUTES", default=12 * 60, maximum=7 * 24 * 60, minimum=10)
SESSION_IDLE_SECONDS = 60 * read_int("SESSION_IDLE_MINUTES", default=2 * 60, maximum=24 * 60, minimum=5)
FRESH_SIGN_IN_SECONDS = 10 * 60

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


# --- Database -----------------------------------------------------------------------------------------------

DATABASES = {
    "default": read_database_url(
        "DATABASE_URL", env.str("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'newsroom.sqlite3'}")
    )
}
# A server process has further limits: releases/database.py.
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",  # a writer waits at BEGIN and never fails halfway with "locked"
        "timeout": 20,  # seconds that a management command waits for another writer
        "init_command": sqlite_pragmas(sqlite3.sqlite_version_info[:3]),
    }
# Commands that change tables connect with it: releases/database_roles.py.
DATABASE_OWNER = read_owner_url(env.str("DATABASE_OWNER_URL", default=""), DATABASES["default"])


# --- Caches -------------------------------------------------------------------------------------------------

PAGE_CACHE_MB = read_int("PAGE_CACHE_MB", default=0 if DEBUG else 16, maximum=4096)
CDN_MAX_AGE = read_int("CDN_MAX_AGE", default=0, maximum=600)
# How long cached pages are served while the database can't be reached.
OUTAGE_CACHE_SECONDS = read_int("OUTAGE_CACHE_SECONDS", default=300, maximum=3600)
CACHE_URL = env.str("CACHE_URL", default="")
if CACHE_URL and CACHE_URL.partition("://")[0] not in {"redis", "rediss", "unix"}:
    raise ImproperlyConfigured(
        "CACHE_URL isn't valid. It must be like redis://host:6379/0. Leave it empty for no Redis."
    )
# Pages are cached in the memory of each process (releases/caching). `shared` is for counters that all
# processes must agree on.
CACHES: dict[str, dict[str, object]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    # For {% cache %}.
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
        "OPTIONS": {
            "serializer": "carecen_news.serializers.JSONSerializer",
            "socket_timeout": 1,  # seconds
            "socket_connect_timeout": 1,
        },
    }
# Counts attempts to sign in (releases/accounts/attempts.py).
CACHES["attempts"] = CACHES["shared" if CACHE_URL else "default"]
if WORKERS > 1 and not CACHE_URL:
    CACHES["attempts"] = {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "releases_cached_attempt",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }


# --- Tasks in the background --------------------------------------------------------------------------------

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
RUN_WORKER = read_bool("RUN_WORKER", default=True)  # whether `serve` starts a worker


# --- Mail to staff ------------------------------------------------------------------------------------------

_mail = read_mail_settings(env.str("MAIL_URL", default=""), env.str("MAIL_FROM", default=""))
MAIL_FROM = DEFAULT_FROM_EMAIL = _mail.sender  # "" if no mail is sent
EMAIL_BACKEND, ANYMAIL = _mail.backend, _mail.service
EMAIL_HOST, EMAIL_PORT, EMAIL_TIMEOUT = _mail.host, _mail.port, TIMEOUT_SECONDS
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.user, _mail.password
EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.uses_starttls, _mail.uses_tls


# --- Languages and time -------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish"))]
LOCALE_PATHS = [BASE_DIR / "releases" / "locale"]
FORMAT_MODULE_PATH = ["carecen_news.formats"]
USE_I18N = True
TIME_ZONE = "America/Los_Angeles"
USE_TZ = True


# --- Files --------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
WHITENOISE_ALLOW_ALL_ORIGINS = False
# Icons that browsers request at the root: /favicon.ico, /apple-touch-icon.png.
WHITENOISE_ROOT = BASE_DIR / "static" / "root"
WHITENOISE_ADD_HEADERS_FUNCTION = add_etag
WHITENOISE_MAX_AGE = 24 * 60 * 60  # seconds, for files without a hash in their name
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o600, 0o700
STORAGES = {
    "default": get_storage(env.str("STORAGE_URL", default=""), DATA_DIR / "uploads"),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}


# --- Logging: errors, never readers -------------------------------------------------------------------------

if (LOG_FORMAT := env.str("LOG_FORMAT", default="text")) not in {"text", "json"}:  # see carecen_news/logs.py
    raise ImproperlyConfigured(f"LOG_FORMAT is “{LOG_FORMAT}”. It must be text or json.")
# The format and the handlers of logging.json, which the server uses too. Times are in TIME_ZONE.
LOGGING = {
    **json.loads((BASE_DIR / "carecen_news" / "logging.json").read_text()),
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": ["requests"], "level": "INFO", "propagate": False}
        if DEBUG
        else {"level": "ERROR"},
        # A 404 isn't our error, and the URLs that readers request are private.
        "django.request": {"level": "ERROR"},
        # Nor are requests that Django refuses, such as those with more than 1,000 parameters.
        "django.security": {"level": "CRITICAL"},
    },
}
