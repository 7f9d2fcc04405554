"""The command that rebuilds the search index and the copied data of topic assignments."""

from io import StringIO

import pytest
from django.core.management import call_command

from releases.models import Release, ReleaseTag
from tests.factories import make_release, make_topic
from tests.models import assignments_are_in_sync
from tests.search import find

pytestmark = pytest.mark.django_db


def test_rebuild_search_indexes_rows_written_without_signals(capsys):
    release = make_release()
    Release.objects.update(headline="Quetzal")
    assert find("quetzal").release_ids == []
    call_command("rebuild_search")
    assert "1 releases" in capsys.readouterr().out
    assert find("quetzal").release_ids == [release.pk]


def test_rebuild_search_resyncs_topic_assignments():
    release = make_release(topics=(make_topic(),))
    ReleaseTag.objects.update(language="", date=None, public_at=None)
    call_command("rebuild_search", stdout=StringIO())
    assert assignments_are_in_sync()
    assert list(ReleaseTag.objects.published().ids_newest_first()) == [release.pk]
