"""Fixtures of the admin tests."""

import pytest
from django.test import Client

from releases.actions.newsroom_lock import lock_newsroom
from tests.factories import make_release, make_user


@pytest.fixture
def release():
    return make_release(headline="A ruling", summary="Eight families came.", slug="a-ruling")


@pytest.fixture
def manager():
    return make_user("maria", "", is_superuser=True, first_name="María", last_name="Paz")


@pytest.fixture
def manager_client(manager) -> Client:
    client = Client()
    client.force_login(manager)
    return client


@pytest.fixture
def locked_client(manager) -> Client:
    """Return a client of the manager who locked the newsroom and signed in again."""
    lock_newsroom(manager, keeps_schedule=False)
    client = Client()
    client.force_login(manager)
    return client
