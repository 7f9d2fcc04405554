"""The pages of the verbs: each asks what its verb of `publishing` needs, does it, and says what happened or why not."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from releases import clock, datelines, prose, publishing
from releases.forms import AddressForm, PublishForm, RescheduleForm, VerbForm, WithdrawForm
from releases.models import Newsroom, Release, User
from releases.vocabulary import Language, Status


def state_of(release: Release) -> str:
    """Where a release stands, in words."""
    if release.is_scheduled and release.public_at:
        words = _("Embargoed until %(moment)s") if release.is_embargoed else _("Scheduled for %(moment)s")
        return words % {"moment": clock.in_words(release.public_at)}
    if release.is_public():
        return _("Public")
    return str(Status(release.status).label)


def staff(request: HttpRequest) -> User:
    """Who is at the desk; nobody else comes this far."""
    assert isinstance(request.user, User)
    return request.user


# --- What each verb does, and says when it is done ----------------------------------------------------------------------


def publish(release: Release, form: PublishForm, by: User) -> str:
    choice = form.cleaned_data
    wait = timedelta(seconds=Newsroom.current().undo_window) if choice["when"] == form.NOW else timedelta(0)
    publishing.publish(release, by=by, at=form.moment, wait=wait, is_embargoed=choice["is_embargoed"], seen=choice["seen"])
    return _where_it_stands(release)


def reschedule(release: Release, form: RescheduleForm, by: User) -> str:
    publishing.reschedule(release, by=by, at=form.cleaned_data["at"])
    return _where_it_stands(release)


def change_address(release: Release, form: AddressForm, by: User) -> str:
    publishing.change_address(release, by=by, slug=form.cleaned_data["slug"])
    return _where_it_stands(release)


def return_to_draft(release: Release, _form: VerbForm, by: User) -> str:
    publishing.return_to_draft(release, by=by)
    return _("It is a draft again and will not appear.")


def withdraw(release: Release, form: WithdrawForm, by: User) -> str:
    publishing.withdraw(release, by=by, reason=form.cleaned_data["reason"], replacement=form.cleaned_data["replacement"])
    return _("Withdrawn. Its address now shows the reason.")


def take_down(release: Release, _form: VerbForm, by: User) -> str:
    publishing.withdraw(release, by=by)
    return _("Taken down. Its address says so in one neutral sentence; you can give the reason now or later.")


def explain(release: Release, form: WithdrawForm, by: User) -> str:
    publishing.explain(release, by=by, reason=form.cleaned_data["reason"], replacement=form.cleaned_data["replacement"])
    return _("Its address now shows the reason.")


def publish_again(release: Release, _form: VerbForm, by: User) -> str:
    publishing.publish_again(release, by=by)
    return _where_it_stands(release)


def _where_it_stands(release: Release) -> str:
    if release.is_public():
        return format_html(_('It is public now: <a href="{url}">{url}</a>'), url=release.get_absolute_url())
    return f"{state_of(release)}."


@dataclass(frozen=True)
class Verb:
    """A page of the desk: what it is called, what it asks, what its button says and what pressing it does."""

    name: str
    title: Any
    button: Any
    form: type[VerbForm]
    do: Callable[[Release, Any, User], str]

    @property
    def address(self) -> str:
        return self.name.replace("_", "-")


VERBS = [
    Verb("publish", gettext_lazy("Publish"), gettext_lazy("Publish"), PublishForm, publish),
    Verb("reschedule", gettext_lazy("Another time"), gettext_lazy("Change the time"), RescheduleForm, reschedule),
    Verb("return_to_draft", gettext_lazy("Back to draft"), gettext_lazy("Back to draft"), VerbForm, return_to_draft),
    Verb("change_address", gettext_lazy("Another address"), gettext_lazy("Change the address"), AddressForm, change_address),
    Verb("withdraw", gettext_lazy("Withdraw"), gettext_lazy("Withdraw it"), WithdrawForm, withdraw),
    Verb("take_down", gettext_lazy("Take down now"), gettext_lazy("Take it down"), VerbForm, take_down),
    Verb("explain", gettext_lazy("The reason"), gettext_lazy("Save the reason"), WithdrawForm, explain),
    Verb("publish_again", gettext_lazy("Publish again"), gettext_lazy("Publish it again"), VerbForm, publish_again),
]


class VerbViews(admin.ModelAdmin):
    """What the writing desk can do with a release beside saving it; for publishers."""

    def may_publish(self, request: HttpRequest) -> bool:
        return request.user.has_perm("releases.publish_release")

    def next_verb(self, release: Release | None) -> str | None:
        """The one thing that comes next: the primary button of the form."""
        if release is None or release.status == Status.DRAFT:
            return "publish"
        if release.status == Status.WITHDRAWN:
            return "publish_again"
        return "return_to_draft" if release.is_scheduled else "withdraw"

    def seconds_to_undo(self, release: Release | None) -> int:
        """How long the public still waits for a release that was published a moment ago; 0 for every other."""
        if not release or not release.is_scheduled or release.is_embargoed or not release.public_at:
            return 0
        left = (release.public_at - timezone.now()).total_seconds()
        return int(left) + 1 if left <= Newsroom.current().undo_window else 0

    @admin.display(description=gettext_lazy("body"))
    def printed_body(self, release: Release) -> str:
        return mark_safe(prose.sanitised(release.body))  # noqa: S308  (it is the allow-list that makes it safe)

    def get_urls(self) -> list[URLPattern]:
        return [*map(self._url, VERBS), *super().get_urls()]

    def _url(self, verb: Verb) -> URLPattern:
        def view(request: HttpRequest, release_id: int) -> HttpResponse:
            return self.verb_view(request, release_id, verb)

        return path(f"<int:release_id>/{verb.address}/", self.admin_site.admin_view(view), name=f"releases_release_{verb.name}")

    def verb_view(self, request: HttpRequest, release_id: int, verb: Verb) -> HttpResponse:
        """Ask what a verb needs, do it, and say what happened; a refusal is shown where it was asked for."""
        if not self.may_publish(request):
            raise PermissionDenied
        release = self.get_object(request, str(release_id))
        if release is None:
            return self._gone(request)
        initial = {"seen": release.version, "slug": release.slug, "reason": release.withdrawal_reason, "replacement": release.replacement}
        form = verb.form(request.POST if request.method == "POST" else None, initial=initial)
        if request.method == "POST" and form.is_valid():
            try:
                done = verb.do(release, form, staff(request))
            except publishing.Refusal as refusal:
                form.add_error(None, str(refusal))
                release = self.get_object(request, str(release_id))
                if release is None:
                    return self._gone(request)
                shown_again = form.data.copy()  # type: ignore[attr-defined]
                shown_again["seen"] = str(release.version)
                form.data = shown_again
            else:
                self.log_change(request, release, str(verb.title))
                messages.success(request, done)
                return HttpResponseRedirect(reverse("admin:releases_release_change", args=[release.pk]))
        publishes = verb.name in ("publish", "publish_again")
        context = self.admin_site.each_context(request) | {
            "title": verb.title,
            "button": verb.button,
            "form": form,
            "release": release,
            "printed": self._as_printed(release) if publishes else None,
            "missing": release.missing() if publishes else {},
            "now": clock.in_words(timezone.now()),
            "state": state_of(release),
            "opts": self.opts,
            "media": self.media + form.media,
        }
        return TemplateResponse(request, "admin/releases/release/verb.html", context)

    def _as_printed(self, release: Release) -> dict[str, Any]:
        """What the public would read if it were published now."""
        day = release.date or clock.day_of(timezone.now())
        return {
            "dateline": datelines.in_house_form(day, release.dateline, release.language),
            "body": self.printed_body(release),
            "language": Language(release.language).label,
        }

    def _gone(self, request: HttpRequest) -> HttpResponse:
        messages.warning(request, _("This release is not there. Perhaps it was deleted."))
        return HttpResponseRedirect(reverse("admin:releases_release_changelist"))
