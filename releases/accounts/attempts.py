"""Limit attempts to guess a password or the secret of a link, before anything expensive is done.

An attempt takes one of the slots of each limit that it counts against, and a slot is free again after the
time of its limit. So a limit holds in any period of that length. Slots are keys of the cache `attempts`,
whose `add` is atomic with every backend. They contain digests of names and sources, and no addresses.
"""

import ipaddress
import logging
import secrets
import time
from datetime import date
from functools import lru_cache
from math import ceil
from typing import Any, NamedTuple

from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.db import Error
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import ngettext
from redis.exceptions import RedisError

from releases.models import CachedAttempt

PROCESS_KEY = secrets.token_hex(32)

logger = logging.getLogger(__name__)


class Limit(NamedTuple):
    """At most `maximum` attempts in `seconds`."""

    maximum: int
    seconds: int


LIMITS = {
    # Sign-ins on devices on which nobody has signed in to the account before: to one account from one
    # source, to one account from all sources, from one source, and altogether. Without a proxy, the source is
    # unknown, and the first and the last limit apply. One source can't use up the limit of an account.
    "account and source": Limit(5, 300),
    "account": Limit(20, 300),
    "source": Limit(10, 300),
    "new devices": Limit(20, 60),
    # Sign-ins to one account on a device on which someone has signed in to it before, and on all of these.
    "device": Limit(10, 300),
    "known devices": Limit(20, 300),
    # Passwords entered again in one session, to confirm an action or to change the password.
    "session": Limit(5, 300),
    # Codes of an authenticator app, after the right password: for one account on devices on which nobody has
    # signed in to it before, on one device on which someone has, and on all of these. Recovery codes are too
    # long to be guessed.
    "app code": Limit(5, 3600),
    "app code on known device": Limit(10, 3600),
    "app codes on known devices": Limit(20, 3600),
    # Links with a wrong secret, from one source.
    "preview link": Limit(20, 300),
    "invitation": Limit(20, 300),
}

Bound = tuple[str, str]  # the name of a limit, and what it counts for, such as the name of an account


class TooManyAttempts(ValidationError):
    """Raised if an attempt is refused. `seconds` is the time until the next one is possible."""

    def __init__(self, seconds: float, advice: Any = "") -> None:
        self.seconds = max(ceil(seconds), 1)
        minutes = -(-self.seconds // 60)
        wait = ngettext(
            "Too many attempts. Try again in %(minutes)d minute.",
            "Too many attempts. Try again in %(minutes)d minutes.",
            minutes,
        ) % {"minutes": minutes}
        super().__init__(f"{wait} {advice}".strip(), code="too_many_attempts")


def take(*bounds: Bound) -> list[str]:
    """Take a slot of every limit, or of none. Return the slots.

    Raises TooManyAttempts if a limit has none left.
    """
    try:
        return _take("attempts", bounds)
    except RedisError as error:
        # Staff can sign in, and each process counts for itself until Redis is back.
        logger.warning("Attempts are counted without Redis: %s", error)
        return _take("default", bounds)


def _take(alias: str, bounds: tuple[Bound, ...]) -> list[str]:
    cache, now = caches[alias], time.time()
    names = {bound: _name_slots(bound) for bound in bounds}
    expiries = cache.get_many([name for slots in names.values() for name in slots])
    full = [slots for slots in names.values() if all(name in expiries for name in slots)]
    if full:
        raise TooManyAttempts(max(min(expiries[name] for name in slots) - now for slots in full))
    taken: list[str] = []
    for (limit, _value), slots in names.items():
        seconds = LIMITS[limit].seconds
        free_slots = [name for name in slots if name not in expiries]
        slot = next((name for name in free_slots if cache.add(name, now + seconds, seconds)), None)
        if slot is None:
            cache.delete_many(taken)
            if not cache.get_many(free_slots):  # the database of the cache can't be written: raise its error
                CachedAttempt.objects.filter(pk="").update(value="")
            raise TooManyAttempts(seconds)
        taken.append(slot)
    return taken


def use_once(purpose: str, value: str, seconds: int) -> bool:
    """Return True for the first use of `value` in a period of `seconds`, and False for others."""
    key = salted_hmac("used once", f"{purpose}:{value}", algorithm="sha256").hexdigest()
    try:
        return caches["attempts"].add(key, 1, seconds)
    except RedisError:
        return caches["default"].add(key, 1, seconds)


def check(bound: Bound) -> None:
    """Raise TooManyAttempts if the limit has no slot left. Take none."""
    try:
        expiries = caches["attempts"].get_many(_name_slots(bound))
    except RedisError:
        expiries = caches["default"].get_many(_name_slots(bound))
    if len(expiries) == LIMITS[bound[0]].maximum:
        raise TooManyAttempts(min(expiries.values()) - time.time())


def give_back(slots: list[str]) -> None:
    """Free slots, because the attempt was not a guess."""
    try:
        caches["attempts"].delete_many(slots)
    except RedisError:
        caches["default"].delete_many(slots)


def free(bound: Bound) -> None:
    """Free all slots of a limit."""
    give_back(_name_slots(bound))


def _name_slots(bound: Bound) -> list[str]:
    limit, value = bound
    digest = salted_hmac("attempts", f"{limit}:{value}", algorithm="sha256").hexdigest()
    return [f"{digest}:{number}" for number in range(LIMITS[limit].maximum)]


def hash_source(address: str) -> str:
    """Return a digest of a client's network, an IPv4 address or the first 64 bits of an IPv6 address, or "".

    Its key is random, changes every day, and is never stored in a file, so that digests can't be traced back.
    """
    try:
        ip = ipaddress.ip_address(address.strip())
    except ValueError:
        return ""
    if isinstance(ip, ipaddress.IPv6Address):
        ip = ip.ipv4_mapped or ipaddress.IPv6Address(int(ip) >> 64 << 64)
    try:
        key = _get_source_key(timezone.now().date())
    except (RedisError, Error):  # the cache can't be used right now
        key = PROCESS_KEY
    return salted_hmac(key, str(ip), algorithm="sha256").hexdigest()


@lru_cache(maxsize=1)
def _get_source_key(day: date) -> str:
    return str(caches["attempts"].get_or_set(f"source-key-{day}", secrets.token_hex(32), 2 * 24 * 60 * 60))
