"""The command that loads the sample releases."""

import io

import pytest
from django.core.management import call_command

from releases.models import Release, ReleaseTag, Topic

pytestmark = pytest.mark.django_db


def test_load_sample_is_idempotent_and_assigns_topics():
    for _time in range(2):
        call_command("load_sample", stdout=io.StringIO())
        assert (Release.objects.published().count(), Topic.objects.count(), ReleaseTag.objects.count()) == (
            13,
            10,
            24,
        )
    assert not Release.objects.filter(tags=None).exists()
    assert not [topic for topic in Topic.objects.all() if not topic.name_es]
