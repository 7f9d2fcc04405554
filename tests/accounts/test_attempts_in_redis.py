"""Limits of attempts while Redis doesn't answer, or has values of another program."""

import time

import pytest
from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache
from django.utils import timezone
from redis.exceptions import RedisError

from carecen_news.serializers import JSONSerializer
from releases.accounts import attempts
from releases.accounts.attempts import LIMITS, TooManyAttempts
from tests.accounts import post_sign_in
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db


class FakeRedis(RedisCache):
    """A cache that keeps the bytes it gets, like Redis, and counts the requests."""

    def __init__(self) -> None:
        super().__init__("redis://unused", {})
        self.values, self.serializer, self.requests, self.error = {}, JSONSerializer(), 0, None

    def request(self) -> None:
        self.requests += 1
        if self.error:
            raise self.error

    def get_many(self, keys, version=None):
        self.request()
        found = {key: self.values[key] for key in keys if self.values.get(key) is not None}
        return {key: self.serializer.loads(value) for key, value in found.items()}

    def get(self, key, default=None, version=None):
        return self.get_many([key]).get(key, default)

    def add(self, key, value, timeout=0, version=None):
        self.request()
        return self.values.setdefault(key, data := self.serializer.dumps(value)) is data

    def delete_many(self, keys, version=None):
        self.request()
        for key in keys:
            self.values.pop(key, None)


@pytest.fixture
def fake_redis(monkeypatch):
    cache = FakeRedis()
    caches["default"].clear()
    monkeypatch.setattr(attempts, "caches", {"attempts": cache, "default": caches["default"]})
    yield cache
    caches["default"].clear()


def test_sign_in_is_limited_without_redis(fake_redis, client):
    make_user()
    fake_redis.error = RedisError("connection refused")
    for _time in range(LIMITS["account and source"].maximum):
        assert post_sign_in(client).status_code == 200
    assert post_sign_in(client).status_code == 429
    caches["default"].clear()
    assert post_sign_in(client, password=PASSWORD).status_code == 302


def test_redis_that_failed_is_left_alone_for_some_seconds(fake_redis, client, monkeypatch):
    """Each request to a Redis that doesn't answer takes a second."""
    make_user()
    fake_redis.error = RedisError("no answer")
    assert post_sign_in(client, password=PASSWORD).status_code == 302
    assert fake_redis.requests == 1
    fake_redis.error = None
    monkeypatch.setattr(attempts, "_retry_at", time.monotonic())
    attempts.take(("account", "ana"))
    assert fake_redis.values


# The last one is a key of another type: it has no value, and can't be added.
@pytest.mark.parametrize(
    "value", [b"\xff", b'"tomorrow"', b"1e999", b"-1e999", b"NaN", b"true", b"9" * 20, b"[" * 9999, None]
)
def test_wrong_values_in_redis_neither_block_an_account_nor_lift_its_limit(fake_redis, monkeypatch, value):
    bound = ("account and source", "ana")
    fake_redis.values = dict.fromkeys(attempts._name_slots(bound), value)
    for _time in range(LIMITS[bound[0]].maximum):
        attempts.take(bound)
    with pytest.raises(TooManyAttempts):
        attempts.take(bound)
    monkeypatch.setattr(attempts, "_retry_at", time.monotonic())
    attempts.check(bound)
    assert len(attempts.take(bound)) == 1
    assert len(fake_redis.values) == 1


def test_code_that_was_used_stays_used_when_redis_fails(fake_redis):
    assert attempts.use_once("code", "123456", 60)
    assert not attempts.use_once("code", "123456", 60)
    fake_redis.error = RedisError("no answer")
    assert not attempts.use_once("code", "123456", 60)
    assert attempts.use_once("code", "654321", 60)


def test_wrong_key_for_sources_in_redis_is_not_used(fake_redis, monkeypatch):
    attempts._get_source_key.cache_clear()
    name, address = f"source-key-{timezone.now().date()}", "203.0.113.7"
    fake_redis.values[name] = b'"known"'
    monkeypatch.setattr(attempts, "PROCESS_KEY", "x" * 64)
    by_process = attempts.hash_source(address)
    assert by_process == attempts.salted_hmac("x" * 64, address, algorithm="sha256").hexdigest()
    monkeypatch.setattr(attempts, "_retry_at", time.monotonic())
    assert attempts.hash_source(address) != by_process
    assert len(fake_redis.values[name]) == 66
    attempts._get_source_key.cache_clear()
