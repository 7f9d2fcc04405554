"""Two desks at the same moment: whatever they do together, one of them is told no in a sentence."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from releases import publishing
from releases.models import Release
from releases.publishing import Refusal
from tests.builders import make_draft, make_release, make_user

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def at_once(verb, releases, **words) -> list[str]:
    """Do `verb` to each of `releases`, all at the same time; "done" or the refusal of each."""

    def do(release: Release) -> str:
        try:
            verb(release, **words)
        except Refusal as refusal:
            return str(refusal)
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(releases)) as desks:
        return list(desks.map(do, releases))


@pytest.mark.parametrize("_time", range(3))
def test_one_of_many_presses_publishes(_time):
    by = make_user()
    draft = make_draft()
    answers = at_once(publishing.publish, [Release.objects.get(pk=draft.pk) for _press in range(6)], by=by)
    assert sorted(answers) == ["This release is public already."] * 5 + ["done"]
    draft.refresh_from_db()
    assert draft.version == 2


def test_one_of_many_withdrawals_withdraws():
    by = make_user()
    release = make_release()
    answers = at_once(publishing.withdraw, [Release.objects.get(pk=release.pk) for _press in range(6)], by=by, reason="A name was wrong.")
    assert sorted(answers) == ["This release was withdrawn already."] * 5 + ["done"]


def test_releases_of_one_headline_never_share_an_address():
    by = make_user()
    drafts = [make_draft(headline="A ruling") for _draft in range(6)]
    answers = at_once(publishing.publish, drafts, by=by)
    assert set(answers) <= {
        "done",
        "Another release took this address a moment ago. Try again.",
        "Another release in this language has this address. Choose another.",
    }
    public = Release.objects.published().values_list("slug", flat=True)
    assert len(set(public)) == len(public) == answers.count("done") >= 1
