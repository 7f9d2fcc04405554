"""The pages of the verbs: each asks what its verb of `publishing` needs, does it, and says what happened or why not."""

from collections.abc import Callable
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
from releases.forms import PublishForm, VerbForm, WithdrawForm
from releases.models import Release, User
from releases.vocabulary import Language, Status


def state_of(release: Release) -> str:
    """Where a release stands, in words."""
    if release.is_scheduled and release.public_at:
        return _("Scheduled for %(moment)s") % {"moment": clock.in_words(release.public_at)}
    if release.is_public():
        return _("Public")
    return str(Status(release.status).label)


def staff(request: HttpRequest) -> User:
    """Who is at the desk; nobody else comes this far."""
    assert isinstance(request.user, User)
    return request.user


class VerbViews(admin.ModelAdmin):
    """What the writing desk can do with a release beside saving it; for publishers."""

    def may_publish(self, request: HttpRequest) -> bool:
        return request.user.has_perm("releases.publish_release")

    def next_verb(self, release: Release | None) -> str | None:
        """The one thing that comes next: the primary button of the form."""
        if release is None or release.status == Status.DRAFT:
            return "publish"
        if release.status == Status.WITHDRAWN:
            return None
        return "return_to_draft" if release.is_scheduled else "withdraw"

    @admin.display(description=gettext_lazy("body"))
    def printed_body(self, release: Release) -> str:
        return mark_safe(prose.sanitised(release.body))  # noqa: S308  (it is the allow-list that makes it safe)

    def get_urls(self) -> list[URLPattern]:
        def verb(name: str, view: Callable[..., HttpResponse]) -> URLPattern:
            address = f"<int:release_id>/{name.replace('_', '-')}/"
            return path(address, self.admin_site.admin_view(view), name=f"releases_release_{name}")

        return [
            verb("publish", self.publish_view),
            verb("return_to_draft", self.return_to_draft_view),
            verb("withdraw", self.withdraw_view),
            *super().get_urls(),
        ]

    def publish_view(self, request: HttpRequest, release_id: int) -> HttpResponse:
        def publish(release: Release, form: PublishForm) -> str:
            publishing.publish(release, by=staff(request), at=form.moment, seen=form.cleaned_data["seen"])
            if release.is_scheduled:
                return f"{state_of(release)}."
            return format_html(_('It is public now: <a href="{url}">{url}</a>'), url=release.get_absolute_url())

        return self._verb_page(request, release_id, PublishForm, publish, title=_("Publish"), button=_("Publish"))

    def withdraw_view(self, request: HttpRequest, release_id: int) -> HttpResponse:
        def withdraw(release: Release, form: WithdrawForm) -> str:
            publishing.withdraw(release, by=staff(request), reason=form.cleaned_data["reason"])
            return _("Withdrawn. Its address now shows the reason.")

        return self._verb_page(request, release_id, WithdrawForm, withdraw, title=_("Withdraw"), button=_("Withdraw it"))

    def return_to_draft_view(self, request: HttpRequest, release_id: int) -> HttpResponse:
        def return_to_draft(release: Release, _form: VerbForm) -> str:
            publishing.return_to_draft(release, by=staff(request))
            return _("It is a draft again and will not appear.")

        return self._verb_page(request, release_id, VerbForm, return_to_draft, title=_("Back to draft"), button=_("Back to draft"))

    def _verb_page(self, request: HttpRequest, release_id: int, form_class: Any, do: Callable[..., str], **words: str) -> HttpResponse:
        """Ask what a verb needs, do it, and say what happened; a refusal is shown where it was asked for."""
        if not self.may_publish(request):
            raise PermissionDenied
        release = self.get_object(request, str(release_id))
        if release is None:
            return self._gone(request)
        form = form_class(request.POST if request.method == "POST" else None, initial={"seen": release.version})
        if request.method == "POST" and form.is_valid():
            try:
                done = do(release, form)
            except publishing.Refusal as refusal:
                form.add_error(None, str(refusal))
                release = self.get_object(request, str(release_id))
                if release is None:
                    return self._gone(request)
                form.data = form.data | {"seen": str(release.version)}
            else:
                self.log_change(request, release, words["title"])
                messages.success(request, done)
                return HttpResponseRedirect(reverse("admin:releases_release_change", args=[release.pk]))
        context = self.admin_site.each_context(request) | words
        context |= {
            "form": form,
            "release": release,
            "printed": form_class is PublishForm and self._as_printed(release),
            "missing": release.missing() if form_class is PublishForm else {},
            "final": form_class is WithdrawForm,
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
