"""Base classes of the admin.

They have no bulk actions, and an invalid filter in a URL leads to the unfiltered list, not to an error.
"""

import logging
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import DataError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from js_asset import Media

from releases.actions.locking import ensure_newsroom_unlocked
from releases.admin.library_strings import EDITOR_STRINGS, PASTE_STRINGS
from releases.models import Release, User

MAX_SEARCH_WORDS = 12

logger = logging.getLogger(__name__)


def current_user(request: HttpRequest) -> User:
    """Return the signed-in user. Raises PermissionDenied if nobody is signed in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def update_submitted_data(form: forms.Form, **changes: str) -> None:
    """Replace values in the submitted data of `form`, and keep everything else the user typed.

    Used, for example, for an outdated edit token.
    """
    form.data = form.data.copy()  # type: ignore[attr-defined]
    form.data.update(changes)  # type: ignore[attr-defined]


def get_photo_base_url() -> str:
    """Return the URL under which staff find the files of photos."""
    return reverse("admin:releases_photo_changelist") + "files/"


def get_document_base_url(release: Release) -> str:
    """Return the URL under which staff find the documents of `release`."""
    return reverse("admin:releases_release_document", args=[release.pk, "x"]).removesuffix("x.pdf")


def get_editor_context(request: HttpRequest, media: Any) -> dict[str, Any]:
    """Return what the template of a form with the editor needs. `media` is that of the form."""
    return {
        # The editor's import map is inline, so it needs the CSP nonce.
        "media": Media.from_media(media).with_nonce(str(getattr(request, "csp_nonce", ""))),
        "editor_labels": {name: str(label) for name, label in EDITOR_STRINGS.items()},
        "paste_messages": {name: str(label) for name, label in PASTE_STRINGS.items()},
    }


class BaseModelAdmin(admin.ModelAdmin):
    show_full_result_count = False  # it would count all rows of the table for each page of a filtered list
    actions = None
    view_on_site: Any = False  # models with a public page override it

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Render the list.

        If a value in the URL is out of range for Python or the database, redirect to the URL without values.
        Without values, the error is not the reader's.
        """
        try:
            response: HttpResponse = super().changelist_view(request, extra_context)
            return response.render() if isinstance(response, TemplateResponse) else response
        except (ValueError, OverflowError, DataError):
            if not request.GET:
                raise
            logger.warning("A list could not be shown with the values in its URL.", exc_info=True)
            return HttpResponseRedirect(request.path)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        with transaction.atomic():
            self.ensure_unlocked(request)
            return super().changeform_view(request, object_id, form_url, extra_context)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        with transaction.atomic():
            self.ensure_unlocked(request)
            return super().delete_view(request, object_id, extra_context)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Render the history. Our own messages are stored in English (`gettext_noop`)."""
        response = super().history_view(request, object_id, extra_context)
        if isinstance(response, TemplateResponse) and response.context_data:
            for entry in response.context_data["action_list"]:
                if not entry.change_message.startswith("["):  # Django's messages are lists in JSON
                    entry.change_message = entry.change_message and _(entry.change_message)
        return response

    def ensure_unlocked(self, request: HttpRequest) -> None:
        """Raise ActionNotAllowed if the newsroom was locked since a form was sent.

        It comes before other locks of the transaction, in the same order as in `lock_newsroom`.
        """
        if request.method == "POST":
            ensure_newsroom_unlocked(current_user(request))

    def admin_path(self, route: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
        """Return a URL pattern for `view`, wrapped by the admin site and named like Django's own."""
        return path(
            route,
            self.admin_site.admin_view(view),
            name=f"{self.opts.app_label}_{self.opts.model_name}_{name}",
        )

    def redirect_missing(self, request: HttpRequest) -> HttpResponse:
        """Redirect to the list with a warning that the requested object doesn't exist."""
        messages.warning(request, _("This doesn't exist. It may have been deleted."))
        return HttpResponseRedirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return super().get_search_results(
            request, queryset, " ".join(search_term[:300].split()[:MAX_SEARCH_WORDS])
        )


class ReleaseViews:
    """Admin views of releases in addition to Django's.

    They use the permissions, the queryset and the site of `model_admin`.
    """

    def __init__(self, model_admin: BaseModelAdmin) -> None:
        self.model_admin = model_admin

    def get_urls(self) -> list[URLPattern]:
        raise NotImplementedError
