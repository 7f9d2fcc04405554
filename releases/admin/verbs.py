"""The verbs of the desk: each does what its verb of `publishing` does, and says what happened (releases/admin/verb_pages.py asks)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from releases import clock, publishing
from releases.forms import (
    AddressForm,
    AgreeForm,
    ChangeForm,
    NoteForm,
    PinForm,
    PublishForm,
    RescheduleForm,
    ReviewForm,
    VerbForm,
    WithdrawForm,
)
from releases.models import Newsroom, Release, User, WorkingCopy
from releases.vocabulary import Status


def state_of(release: Release) -> str:
    """Where a release stands, in words."""
    if release.is_scheduled and release.public_at:
        words = _("Embargoed until %(moment)s") if release.is_embargoed else _("Scheduled for %(moment)s")
        return words % {"moment": clock.in_words(release.public_at)}
    if release.is_public():
        copy = WorkingCopy.of(release)
        if copy and copy.public_at:
            return _("Public, with a change on %(moment)s") % {"moment": clock.in_words(copy.public_at)}
        return _("Public, with an unpublished change") if copy else _("Public")
    return str(Status(release.status).label)


def seconds_to_undo(release: Release | None) -> int:
    """How long the public still waits for what was published a moment ago, a release or a change; 0 for all else."""
    copy = WorkingCopy.of(release) if release else None
    moment = copy.public_at if copy else release.public_at if release and release.is_scheduled and not release.is_embargoed else None
    if not moment:
        return 0
    left = (moment - timezone.now()).total_seconds()
    return int(left) + 1 if 0 < left <= Newsroom.current().undo_window else 0


def _do(verb: Callable[..., None], release: Release, form: VerbForm, by: User, **words: Any) -> None:
    """`verb`, to the release alone, or to both language versions when that was ticked."""
    if form.cleaned_data.get("together"):
        publishing.together(verb, release, by=by, seen_other=form.cleaned_data["seen_other"] if "seen" in words else None, **words)
    else:
        verb(release, by=by, **words)


def publish(release: Release, form: PublishForm, by: User) -> str:
    _do(publishing.publish, release, form, by, is_embargoed=form.cleaned_data["is_embargoed"], **form.choice)
    return _where_it_stands(release)


def publish_change(release: Release, form: ChangeForm, by: User) -> str:
    publishing.publish_change(
        release, by=by, kind=form.cleaned_data["kind"], note=form.cleaned_data["note"], agrees_with=form.agrees_with, **form.choice
    )
    copy = WorkingCopy.of(release)
    if seconds := seconds_to_undo(release):
        return _("It goes public in %(seconds)s seconds, unless you undo it.") % {"seconds": seconds}
    if copy and copy.public_at:
        return _("The change goes public on %(moment)s.") % {"moment": clock.in_words(copy.public_at)}
    return format_html(_('The change is public now: <a href="{url}">{url}</a>'), url=release.get_absolute_url())


def put_off_change(release: Release, _form: VerbForm, by: User) -> str:
    publishing.put_off_change(release, by=by)
    return _("The change is held back. The public reads the old text until someone publishes the change.")


def discard_change(release: Release, form: VerbForm, by: User) -> str:
    publishing.discard_change(release, by=by, seen=form.cleaned_data["seen"])
    return _("The change is discarded. The text is the one the public reads; the history keeps the other.")


def ask_for_review(release: Release, form: ReviewForm, by: User) -> str:
    publishing.ask_for_review(release, by=by, text=form.cleaned_data["text"])
    return _("Sent for review. It stands at the top of the desk.")


def send_back(release: Release, form: NoteForm, by: User) -> str:
    publishing.send_back(release, by=by, text=form.cleaned_data["text"])
    return _("Sent back with your note.")


def note(release: Release, form: NoteForm, by: User) -> str:
    publishing.write_note(release, by=by, text=form.cleaned_data["text"])
    return _("Note added.")


def take_over(release: Release, _form: VerbForm, by: User) -> str:
    publishing.take_over(release, by=by)
    return _("The unsaved text is yours now. It is below, and still not saved.")


def discard_unsaved(release: Release, _form: VerbForm, by: User) -> str:
    publishing.discard_unsaved(release, by=by)
    return _("The unsaved text is thrown away. This is what was saved last.")


def pin(release: Release, form: PinForm, by: User) -> str:
    publishing.pin(release, by=by, until=form.cleaned_data["until"])
    return _("It stands first on the news page now.")


def unpin(release: Release, _form: VerbForm, by: User) -> str:
    publishing.unpin(release, by=by)
    return _("It stands in its place by date again.")


def reschedule(release: Release, form: RescheduleForm, by: User) -> str:
    _do(publishing.reschedule, release, form, by, at=form.cleaned_data["at"])
    return _where_it_stands(release)


def change_address(release: Release, form: AddressForm, by: User) -> str:
    publishing.change_address(release, by=by, slug=form.cleaned_data["slug"])
    return _where_it_stands(release)


def return_to_draft(release: Release, form: VerbForm, by: User) -> str:
    _do(publishing.return_to_draft, release, form, by)
    return _("It is a draft again and will not appear.")


def withdraw(release: Release, form: WithdrawForm, by: User) -> str:
    if form.cleaned_data.get(
        "together"
    ):  # the reason is in the language of the release; there stands a neutral sentence until someone says it
        publishing.together(publishing.withdraw, release, by=by)
        publishing.explain(release, by=by, reason=form.cleaned_data["reason"], replacement=form.cleaned_data["replacement"])
        return _("Both are withdrawn. The other one shows a neutral sentence; give its reason in its own language.")
    publishing.withdraw(release, by=by, reason=form.cleaned_data["reason"], replacement=form.cleaned_data["replacement"])
    return _("Withdrawn. Its address now shows the reason.")


def take_down(release: Release, _form: VerbForm, by: User) -> str:
    publishing.withdraw(release, by=by)
    return _("Taken down. Its page says so in one neutral sentence; you can give the reason now or later.")


def explain(release: Release, form: WithdrawForm, by: User) -> str:
    publishing.explain(release, by=by, reason=form.cleaned_data["reason"], replacement=form.cleaned_data["replacement"])
    return _("Its address now shows the reason.")


def publish_again(release: Release, form: VerbForm, by: User) -> str:
    _do(publishing.publish_again, release, form, by)
    return _where_it_stands(release)


def still_correct(release: Release, form: AgreeForm, by: User) -> str:
    publishing.still_correct(release, by=by, version=form.cleaned_data["version"])
    return _("Noted: both versions say the same.")


def unpair(release: Release, _form: VerbForm, by: User) -> str:
    publishing.unpair(release, by=by)
    return _("They are two releases of their own now. Neither lost a word.")


def _where_it_stands(release: Release) -> str:
    if seconds := seconds_to_undo(release):
        return _("It goes public in %(seconds)s seconds, unless you undo it.") % {"seconds": seconds}
    if release.is_public():
        return format_html(_('It is public now: <a href="{url}">{url}</a>'), url=release.get_absolute_url())
    return f"{state_of(release)}."


@dataclass(frozen=True)
class Verb:
    """A page of the desk: what it is called, what it asks, what its button says and what pressing it does.

    `right` is the permission it takes; `shows` is what stands above the question: the text as it will be printed, or what
    changes in it, or what changed in the counterpart. `together` says of a release and its counterpart whether it can be done
    to both at once.
    """

    name: str
    title: Any
    button: Any
    form: type[VerbForm]
    do: Callable[[Release, Any, User], str]
    right: str = "publish_release"
    shows: Literal["", "printed", "changes", "unsaved", "counterpart"] = ""
    together: Callable[[Release, Release], bool] | None = None

    @property
    def address(self) -> str:
        return self.name.replace("_", "-")


def _is_draft(_release: Release, other: Release) -> bool:
    return other.status == Status.DRAFT


def _is_public(_release: Release, other: Release) -> bool:
    return other.is_public()


def _is_withdrawn(_release: Release, other: Release) -> bool:
    return other.status == Status.WITHDRAWN


def goes_public_with(release: Release, other: Release) -> bool:
    """Whether both wait for the same moment."""
    return release.is_scheduled and other.is_scheduled and release.public_at == other.public_at


VERBS = [
    Verb("publish", gettext_lazy("Publish"), gettext_lazy("Publish"), PublishForm, publish, shows="printed", together=_is_draft),
    Verb(
        "reschedule",
        gettext_lazy("Another time"),
        gettext_lazy("Change the time"),
        RescheduleForm,
        reschedule,
        together=goes_public_with,
    ),
    Verb(
        "return_to_draft",
        gettext_lazy("Back to draft"),
        gettext_lazy("Back to draft"),
        VerbForm,
        return_to_draft,
        together=goes_public_with,
    ),
    Verb(
        "publish_change",
        gettext_lazy("Publish the change"),
        gettext_lazy("Publish the change"),
        ChangeForm,
        publish_change,
        shows="changes",
    ),
    Verb("put_off_change", gettext_lazy("Hold the change back"), gettext_lazy("Hold it back"), VerbForm, put_off_change, shows="changes"),
    Verb(
        "discard_change",
        gettext_lazy("Discard the change"),
        gettext_lazy("Discard it"),
        VerbForm,
        discard_change,
        right="change_release",
        shows="changes",
    ),
    Verb("change_address", gettext_lazy("Another address"), gettext_lazy("Change the address"), AddressForm, change_address),
    Verb("withdraw", gettext_lazy("Withdraw"), gettext_lazy("Withdraw it"), WithdrawForm, withdraw, together=_is_public),
    Verb("take_down", gettext_lazy("Take down now"), gettext_lazy("Take it down"), VerbForm, take_down),
    Verb("explain", gettext_lazy("The reason"), gettext_lazy("Save the reason"), WithdrawForm, explain),
    Verb(
        "publish_again",
        gettext_lazy("Publish again"),
        gettext_lazy("Publish it again"),
        VerbForm,
        publish_again,
        shows="printed",
        together=_is_withdrawn,
    ),
    Verb(
        "still_correct",
        gettext_lazy("Compare with the other version"),
        gettext_lazy("It is still correct"),
        AgreeForm,
        still_correct,
        right="change_release",
        shows="counterpart",
    ),
    Verb("unpair", gettext_lazy("Take the pair apart"), gettext_lazy("Take it apart"), VerbForm, unpair, right="change_release"),
    Verb(
        "take_over",
        gettext_lazy("Take the unsaved text over"),
        gettext_lazy("Take it over"),
        VerbForm,
        take_over,
        right="change_release",
        shows="unsaved",
    ),
    Verb(
        "discard_unsaved",
        gettext_lazy("Throw the unsaved text away"),
        gettext_lazy("Throw it away"),
        VerbForm,
        discard_unsaved,
        right="change_release",
        shows="unsaved",
    ),
    Verb("pin", gettext_lazy("Pin"), gettext_lazy("Pin it"), PinForm, pin),
    Verb("unpin", gettext_lazy("Unpin"), gettext_lazy("Unpin it"), VerbForm, unpin),
    Verb(
        "ask_for_review",
        gettext_lazy("Ready for review"),
        gettext_lazy("Ask for review"),
        ReviewForm,
        ask_for_review,
        right="change_release",
    ),
    Verb("send_back", gettext_lazy("Send back"), gettext_lazy("Send it back"), NoteForm, send_back, shows="changes"),
    Verb("note", gettext_lazy("Note"), gettext_lazy("Add note"), NoteForm, note, right="view_release"),
]
