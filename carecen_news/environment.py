"""Read the environment variables of the settings. An empty variable counts as unset."""

import ipaddress
import os
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured


class Environment(environ.Env):
    ENVIRON = {name: value for name, value in os.environ.items() if value.strip()}


env = Environment()


def read_bool(name: str, default: bool) -> bool:
    """Return the variable `name` as a boolean. Any other word is refused rather than read as "no"."""
    value = env.str(name, default="yes" if default else "no").strip().lower()
    if value not in {"1", "yes", "true", "on", "0", "no", "false", "off"}:
        raise ImproperlyConfigured(f"{name} is “{value}”. It must be yes or no.")
    return value in {"1", "yes", "true", "on"}


def read_int(name: str, default: int, maximum: int, minimum: int = 0) -> int:
    """Return the variable `name` as a number from `minimum` to `maximum`."""
    value = env.str(name, default=str(default)).strip()
    if not (value.isascii() and value.isdigit() and minimum <= int(value) <= maximum):
        raise ImproperlyConfigured(
            f"{name} is “{value}”. It must be a whole number from {minimum} to {maximum}."
        )
    return int(value)


def is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_origin(address: str) -> bool:
    """Return whether `address` has only a scheme, a host and perhaps a port."""
    try:
        parts = urlsplit(address)
        return (
            bool(parts.hostname)
            and f"{parts.scheme}://{parts.netloc}" == address
            and "@" not in address
            and parts.port != 0
        )
    except ValueError:
        return False
