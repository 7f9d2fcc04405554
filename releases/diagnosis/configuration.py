"""Checks of the settings: HTTPS, host names, processes, and which variables are set."""

import os

from django.conf import settings
from django.core.cache import caches
from django.core.checks import WARNING, run_checks
from django.http.request import validate_host
from django.utils.translation import gettext as _

from releases.diagnosis.findings import Finding, error, ok, warning

SETTING_NAMES = (
    "DATA_DIR DATABASE_URL DATABASE_OWNER_URL STORAGE_URL CACHE_URL WORKERS RUN_WORKER PAGE_CACHE_MB "
    "CDN_MAX_AGE OUTAGE_CACHE_SECONDS SITE_URL ALLOWED_HOSTS TRUST_PROXY SESSION_IDLE_MINUTES "
    "SESSION_MAX_MINUTES SECRET_KEY LOG_FORMAT SECURITY_CONTACT MAIL_URL MAIL_FROM DEBUG PORT "
    "BIND_ADDRESS SAMPLE"
).split()


def check_settings() -> Finding:
    """List the variables of docs/reference/settings.md by name only, because values may be secret."""
    names = [name for name in SETTING_NAMES if os.environ.get(name, "").strip()]
    others = [name for name in SETTING_NAMES if name not in names]
    return ok(
        _("Settings: %(names)s. With their default: %(others)s.")
        % {"names": ", ".join(names) or "—", "others": ", ".join(others) or "—"}
    )


def check_https() -> Finding:
    values = {"url": settings.SITE_URL}
    if not settings.HTTPS:
        return ok(
            _("The public address is %(url)s, without HTTPS, so only this machine can open the newsroom.")
            % values
        )
    if not settings.TRUST_PROXY:
        return warning(
            _("The public address is %(url)s, and TRUST_PROXY is not set.") % values,
            _("Behind a proxy such as nginx, every page redirects to itself. Set TRUST_PROXY=1."),
        )
    flags = ("SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE")
    if missing := [name for name in flags if not getattr(settings, name)]:
        return error(
            _("The public address is %(url)s, and these protections are off: %(names)s.")
            % (values | {"names": ", ".join(missing)}),
            _("carecen_news/settings.py sets them for an https address. Restore that file."),
        )
    values["days"] = settings.SECURE_HSTS_SECONDS // (24 * 60 * 60)
    return ok(
        _("The public address is %(url)s, with HSTS for %(days)s days, Secure cookies and TRUST_PROXY.")
        % values
    )


def check_allowed_hosts() -> Finding:
    values = {"hosts": ", ".join(dict.fromkeys(settings.ALLOWED_HOSTS)), "host": settings.SITE_HOST}
    if validate_host(settings.SITE_HOST, settings.ALLOWED_HOSTS):
        return ok(_("The newsroom answers for these hosts: %(hosts)s.") % values)
    return error(
        _("ALLOWED_HOSTS is %(hosts)s, without %(host)s of SITE_URL.") % values,
        _("Every page answers “Bad Request”. Add %(host)s to ALLOWED_HOSTS, or unset ALLOWED_HOSTS.")
        % values,
    )


def check_system() -> Finding:
    """Run Django's system checks, which stop a start. Their messages are in English only."""
    messages = run_checks(include_deployment_checks=settings.HTTPS)
    if messages := [message for message in messages if message.level >= WARNING]:
        return error(
            _("Django's checks report: %(messages)s") % {"messages": " ".join(map(str, messages))},
            _("The newsroom may not start until this is fixed."),
        )
    return ok(_("Django's checks report nothing."))


def check_workers() -> Finding:
    cores = os.cpu_count() or 1
    values = {"workers": settings.WORKERS, "cores": cores}
    found = _("Server processes: %(workers)s. Processor cores: %(cores)s.") % values
    if cores < settings.WORKERS:
        return warning(
            found,
            _("More processes than cores take memory and gain nothing. Set WORKERS=%(cores)s.") % values,
        )
    return ok(found)


def check_redis() -> Finding | None:
    if not settings.CACHE_URL:
        return None
    try:
        caches["shared"].set("doctor", 1, 60)  # a full Redis can still be read
    except Exception as exc:  # errors of redis, of the connection, or of a wrong address
        return warning(
            _("Redis, which CACHE_URL names, can't be used (%(reason)s).") % {"reason": exc},
            _(
                "Until it can, each process counts attempts to sign in for itself. Start Redis, or correct "
                "or unset CACHE_URL."
            ),
        )
    return ok(_("Redis, which CACHE_URL names, answers."))
