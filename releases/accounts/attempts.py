"""Limit attempts to guess a password or the secret of a link, before anything expensive is done.

An attempt takes one of the slots of each limit that it counts against, and a slot is free again after the
time of its limit. So a limit holds in any period of that length. Slots are keys of the cache `attempts`,
whose `add` is atomic with every backend. They contain digests of names and sources, and no addresses.
"""

import ipaddress
import logging
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from functools import lru_cache
from math import ceil
from typing import Any, NamedTuple, TypeVar

from django.core.cache import BaseCache, caches
from django.core.cache.backends.redis import RedisCache
from django.core.exceptions import ValidationError
from django.db import Error
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import ngettext
from redis.exceptions import DataError, RedisError

from releases.models import CachedAttempt

PROCESS_KEY = secrets.token_hex(32)
RETRY_SECONDS = 5.0  # until Redis is used again after a failure
MAX_SECONDS = 2 * 60 * 60  # more than the time of any limit, for the clocks of several machines

Value = TypeVar("Value")
_retry_at = 0.0  # time.monotonic()

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
    names = [name for bound in bounds for name in _name_slots(bound)]
    return _count(names, lambda cache: _take(cache, bounds))


def _count(names: list[str], operation: Callable[[BaseCache], Value]) -> Value:
    """Return the result of `operation`, which uses the keys `names` of a cache.

    If Redis can't be used, staff can sign in, and each process counts for itself.
    """
    try:
        return _use_shared_cache(names, operation)
    except RedisError:
        return operation(caches["default"])


def _use_shared_cache(names: list[str], operation: Callable[[BaseCache], Value]) -> Value:
    """Return the result of `operation`. Raises RedisError if Redis can't be used, or has just failed.

    So a sign-in doesn't wait for it several times. Values of another program are deleted, because they could
    block an account for ever.
    """
    global _retry_at
    if time.monotonic() < _retry_at:
        raise RedisError("Redis has just failed.")
    try:
        return operation(caches["attempts"])
    except RedisError as error:
        logger.warning("Attempts are counted without Redis: %s", error)
        _retry_at = time.monotonic() + RETRY_SECONDS
        if isinstance(error, DataError):
            with suppress(RedisError):
                caches["attempts"].delete_many(names)
        raise


def _take(cache: BaseCache, bounds: tuple[Bound, ...]) -> list[str]:
    now = time.time()
    names = {bound: _name_slots(bound) for bound in bounds}
    expiries = _get_expiries(cache, [name for slots in names.values() for name in slots])
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
                if isinstance(cache, RedisCache):
                    raise DataError("Redis has keys of another type.")
            raise TooManyAttempts(seconds)
        taken.append(slot)
    return taken


def _get_expiries(cache: BaseCache, names: list[str]) -> dict[str, float]:
    """Return when the slots that are taken are free again. Raises DataError for a value that is no time."""
    expiries, now = cache.get_many(names), time.time()
    for value in expiries.values():
        if not isinstance(value, int | float) or not abs(value - now) < MAX_SECONDS:
            raise DataError("Redis has a value that isn't a time.")
    return expiries


def use_once(purpose: str, value: str, seconds: int) -> bool:
    """Return True for the first use of `value` in a period of `seconds`, and False for others."""
    key = salted_hmac("used once", f"{purpose}:{value}", algorithm="sha256").hexdigest()
    # Also in the memory of this process, which knows it if Redis fails afterwards.
    is_first_here = caches["default"].add(f"{key}:here", 1, seconds)
    return is_first_here and _count([key], lambda cache: cache.add(key, 1, seconds))


def check(bound: Bound) -> None:
    """Raise TooManyAttempts if the limit has no slot left. Take none."""
    names = _name_slots(bound)
    expiries = _count(names, lambda cache: _get_expiries(cache, names))
    if len(expiries) == LIMITS[bound[0]].maximum:
        raise TooManyAttempts(min(expiries.values()) - time.time())


def give_back(slots: list[str]) -> None:
    """Free slots, because the attempt was not a guess."""
    _count(slots, lambda cache: cache.delete_many(slots))


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
    name = f"source-key-{day}"

    def get(cache: BaseCache) -> str:
        key = cache.get_or_set(name, secrets.token_hex(32), 2 * 24 * 60 * 60)
        if not isinstance(key, str) or len(key) != 64:
            raise DataError("Redis has a value that isn't a key.")
        return key

    return _use_shared_cache([name], get)
