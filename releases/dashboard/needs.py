"""“Needs you”: one list of everything that the viewer can solve, the most urgent first."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.timesince import timeuntil
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from releases.actions.autosaves import MAX_AGE
from releases.dashboard.viewer import QUARTER, WEEK, Viewer
from releases.diagnosis.findings import Finding, Level
from releases.models import Autosave, NewsroomSettings, Note, PendingRevision, Release
from releases.models.second_factors import find_due_at
from releases.text import localtime
from releases.text.choices import Language, Status

MAX_LINES = 4  # of each kind
MAX_FOLDED = 30  # further lines of a kind that has no list elsewhere
MAX_CANDIDATES = 300  # releases whose photos are examined
COLUMNS = ("headline", "language")
RELEASE_COLUMNS = ("release__headline", "release__language")
DELETED_SOON = MAX_AGE - QUARTER / 3


@dataclass(frozen=True)
class Line:
    """A line of the list. `url` leads to where it is solved; `state` selects the color of the label."""

    label: str
    title: str
    url: str
    state: str = ""
    language: str = ""
    facts: str = ""
    quote: str = ""


@dataclass(frozen=True)
class Group:
    """The lines of one kind: some are shown, and a list of all is linked, or the rest is folded."""

    lines: list[Line]
    all_label: str = ""
    all_url: str = ""
    folded: list[Line] = field(default_factory=list)


def get_needs(viewer: Viewer, returned: list[Any], findings: list[Finding]) -> list[Group]:
    """Return what needs the viewer. `returned` are their returned reviews; managers have `findings`."""
    groups = [
        Group(get_two_step_lines(viewer)),
        Group(get_finding_lines(findings)),
        Group(get_legal_help_lines(viewer)),
        get_reviews(viewer),
        fold([get_returned_line(viewer, note) for note in returned], _("All %(count)s returned reviews")),
        fold(get_unsaved_lines(viewer), _("All %(count)s unsaved texts")),
        fold(get_notice_lines(viewer), _("All %(count)s notices")),
        get_changes(viewer),
        get_out_of_date(viewer),
        get_missing_versions(viewer),
        fold(get_photo_lines(viewer), _("All %(count)s releases with such photos")),
    ]
    return [group for group in groups if group.lines]


def fold(lines: list[Line], all_label: str) -> Group:
    """Return a group that shows MAX_LINES of `lines` and folds the rest."""
    folded = lines[MAX_LINES:]
    return Group(lines[:MAX_LINES], all_label % {"count": len(lines)} if folded else "", folded=folded)


def link_to_all(
    queryset: QuerySet[Any], make_line: Callable[[Any], Line], all_label: str, query: str
) -> Group:
    """Return a group that shows MAX_LINES rows and links to the list of releases filtered by `query`."""
    rows = list(queryset[: MAX_LINES + 1])
    lines = [make_line(row) for row in rows[:MAX_LINES]]
    if len(rows) <= MAX_LINES:
        return Group(lines)
    url = f"{reverse('admin:releases_release_changelist')}?{query}"
    return Group(lines, all_label % {"count": queryset.count()}, url)


def get_person_columns(name: str) -> list[str]:
    """Return the columns that the display name of the account `name` consists of."""
    return [f"{name}__{column}" for column in ("first_name", "last_name", "username")]


def release_url(page: str, pk: int) -> str:
    return reverse(f"admin:releases_release_{page}", args=[pk])


def get_two_step_lines(viewer: Viewer) -> list[Line]:
    if not (due_at := find_due_at(viewer.user)):
        return []
    sentence = _("From %(time)s on, your role needs two-step verification. You have %(left)s left.") % {
        "time": localtime.format_datetime(due_at),
        "left": timeuntil(due_at),
    }
    url = f"{reverse('admin:account')}#two-step"
    return [Line(_("Account"), _("Set up two-step verification"), url, "withdrawn", facts=sentence)]


def get_finding_lines(findings: Iterable[Finding]) -> list[Line]:
    """Return the errors of the system checks. The server administrator solves most of them."""
    lines = []
    for finding in findings:
        if finding.level is Level.ERROR:
            prefix = "" if finding.is_for_manager else _("For the server administrator:") + " "
            url = reverse("admin:help_page", args=["server"])
            lines.append(Line(_("Urgent"), finding.found, url, "withdrawn", facts=prefix + finding.advice))
    return lines


def get_legal_help_lines(viewer: Viewer) -> list[Line]:
    if not viewer.user.has_perm("releases.change_newsroomsettings"):
        return []
    if NewsroomSettings.current().legal_help_phone:
        return []
    sentence = _("No page offers legal help yet, because its phone number is missing.")
    url = reverse("admin:releases_newsroomsettings_changelist")
    return [Line(_("Legal help"), _("Add the phone number"), url, "withdrawn", facts=sentence)]


def get_reviews(viewer: Viewer) -> Group:
    """Return the open review requests, the newest first, for those who can answer them."""
    if not viewer.can_publish:
        return Group([])
    requests = Note.objects.open_review_requests().select_related("release", "author")
    requests = requests.only("text", "created_at", *RELEASE_COLUMNS, *get_person_columns("author"))

    def make_line(note: Note) -> Line:
        return Line(
            _("Awaiting review"),
            note.release.title,
            release_url("change", note.release_id),
            "scheduled",
            note.release.language,
            viewer.format_author(note.author, note.created_at),
            note.text,
        )

    return link_to_all(requests, make_line, _("All %(count)s review requests…"), "state=review")


def get_returned_line(viewer: Viewer, note: Any) -> Line:
    return Line(
        _("Review returned"),
        note.release.title,
        release_url("change", note.release_id),
        "scheduled",
        note.release.language,
        viewer.format_author(note.answer.author, note.answer.created_at),
        note.answer.text,
    )


def get_unsaved_lines(viewer: Viewer) -> list[Line]:
    """Return the unsaved text of the viewer, and that of others in releases, which all staff share.

    What will be deleted soon comes first, then the text of the viewer, then the newest.
    """
    rank = Case(
        When(changed_at__lt=viewer.now - DELETED_SOON, then=Value(0)),
        When(user=viewer.user, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    autosaves = Autosave.objects.filter(Q(user=viewer.user) | ~Q(release=None))
    columns = ("data", "changed_at", "client_id", *RELEASE_COLUMNS, *get_person_columns("user"))
    ordered = autosaves.select_related("release", "user").only(*columns)
    return [
        get_unsaved_line(viewer, autosave)
        for autosave in ordered.order_by(rank, "-changed_at", "-pk")[: MAX_LINES + MAX_FOLDED]
    ]


def get_unsaved_line(viewer: Viewer, autosave: Autosave) -> Line:
    data, release, deleted_at = autosave.data, autosave.release, autosave.changed_at + MAX_AGE
    title = data.get("headline") or (release and release.headline) or ""
    title = title or Truncator(data.get("summary", "")).chars(60) or _("No headline yet")
    url = (
        release_url("change", release.pk)
        if release
        else f"{reverse('admin:releases_release_add')}?unsaved={autosave.client_id}"
    )
    language = str(data.get("language") or (release.language if release else ""))
    day = {"day": viewer.format_day(localtime.local_date(deleted_at))}
    is_urgent = autosave.changed_at < viewer.now - DELETED_SOON
    fate = (
        _("It will be deleted on %(day)s. Open and save it if you need it.")
        if is_urgent
        else _("kept until %(day)s")
    )
    facts = f"{viewer.format_author(autosave.user, autosave.changed_at)} · {fate % day}"
    return Line(
        pgettext("one", "Unsaved text"),
        str(title),
        url,
        "withdrawn" if is_urgent else "changed",
        language if language in Language.values else "",
        facts,
    )


def get_notice_lines(viewer: Viewer) -> list[Line]:
    """Return the notices that expire soon or expired lately, unless another one replaces them."""
    notices = (
        Release.objects.published(viewer.now)
        .filter(current_notice=None)
        .expiring_between(viewer.today - WEEK, viewer.today + 2 * WEEK)
        .only(*COLUMNS, "valid_until")[: MAX_LINES + MAX_FOLDED]
    )
    lines = []
    notice: Any
    for notice in notices:
        is_expired = notice.is_expired(viewer.now)
        label = _("Notice expired %(day)s") if is_expired else _("Notice expires %(day)s")
        lines.append(
            Line(
                label % {"day": viewer.format_day(notice.valid_until)},
                notice.headline,
                release_url("change", notice.pk),
                "withdrawn" if is_expired else "scheduled",
                notice.language,
                _("Extend it, or choose the notice that replaces it."),
            )
        )
    return lines


def get_changes(viewer: Viewer) -> Group:
    """Return the changes that nobody has scheduled: to writers their own, to publishers all.

    Those with an open review request are among the reviews of publishers.
    """
    revisions = PendingRevision.objects.filter(public_at=None).select_related("release", "changed_by")
    if viewer.can_publish:
        reviewed = Note.objects.open_review_requests().order_by().filter(release=OuterRef("release"))
        revisions = revisions.exclude(Exists(reviewed))
    else:
        revisions = revisions.filter(changed_by=viewer.user)

    def make_line(revision: PendingRevision) -> Line:
        return Line(
            _("Change not public"),
            revision.release.title,
            release_url("change", revision.release_id),
            "changed",
            revision.release.language,
            viewer.format_author(revision.changed_by, revision.changed_at),
        )

    return link_to_all(
        revisions.order_by("-changed_at").only(
            "changed_at", *RELEASE_COLUMNS, *get_person_columns("changed_by")
        ),
        make_line,
        _("All %(count)s changes that aren't public…"),
        "state=changed",
    )


def get_out_of_date(viewer: Viewer) -> Group:
    """Return the versions whose other version changed. Their form shows what changed."""
    labels = {
        Language.ENGLISH: (_("English version out of date"), _("The Spanish version changed.")),
        Language.SPANISH: (_("Spanish version out of date"), _("The English version changed.")),
    }

    def make_line(release: Release) -> Line:
        label, facts = labels[Language(release.language)]
        url = release_url("change", release.pk)
        return Line(label, release.title, url, "changed", release.language, facts)

    releases = Release.objects.out_of_date().order_by("-public_at", "-pk").only(*COLUMNS)
    return link_to_all(releases, make_line, _("All %(count)s versions out of date…"), "other=old")


def get_missing_versions(viewer: Viewer) -> Group:
    """Return the releases of the last QUARTER without a public or scheduled version in the other language."""
    if not viewer.user.has_perm("releases.add_release"):
        return Group([])
    others = Release.objects.filter(status=Status.PUBLISHED).translations_of_outer()
    drafts = Release.objects.filter(status=Status.DRAFT).translations_of_outer()
    releases = (
        Release.objects.published(viewer.now)
        .filter(~Exists(others), public_at__gt=viewer.now - QUARTER)
        .annotate(has_draft=Exists(drafts))
        .order_by("-public_at", "-pk")
        .only(*COLUMNS, "public_at")
    )
    labels = {
        (Language.ENGLISH, False): _("Spanish version missing"),
        (Language.SPANISH, False): _("English version missing"),
        (Language.ENGLISH, True): _("Spanish version not public"),
        (Language.SPANISH, True): _("English version not public"),
    }

    def make_line(release: Any) -> Line:
        label = labels[Language(release.language), release.has_draft]
        facts = _("published %(day)s") % {"day": viewer.format_day(localtime.local_date(release.public_at))}
        url = release_url("translation", release.pk)
        return Line(label, release.title, url, "", release.language, facts)

    return link_to_all(
        releases, make_line, _("All releases without a version in the other language…"), "other=waiting"
    )


def get_photo_lines(viewer: Viewer) -> list[Line]:
    """Return the drafts and the releases of the last QUARTER with a photo without alt text.

    Writers get theirs only. The text that counts is that of the pending revision, if there is one.
    """
    revised = Q(pk__in=PendingRevision.objects.values("release"))
    releases = Release.objects.filter(viewer.is_current_release | revised)
    if not viewer.can_publish:
        releases = releases.filter(Q(author=viewer.user) | Q(changed_by=viewer.user))
    releases = releases.exclude(photos=[], pending_revision=None).order_by("-updated_at", "-pk")
    columns = ("pk", "headline", "language", "photos", "pending_revision__data__photos")
    lines = []
    for pk, headline, language, photos, pending in releases.values_list(*columns)[:MAX_CANDIDATES]:
        current = photos if pending is None else pending
        count = sum(not (photo.get("alt") or photo.get("is_decorative")) for photo in current)
        if count:
            facts = ngettext("%(count)s photo to describe", "%(count)s photos to describe", count)
            label, url = _("Photo without alt text"), release_url("photos", pk)
            title = headline or Release.describe_missing_headline(None)
            lines.append(Line(label, title, url, "", language, facts % {"count": count}))
    return lines[: MAX_LINES + MAX_FOLDED]
