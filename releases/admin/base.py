"""Base classes of the admin.

They have no bulk actions, and an invalid filter in a URL leads to the unfiltered list, not to an error.
"""

import logging
from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import PermissionDenied
from django.db import DataError, models, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from js_asset import Media

from releases.actions.locking import ensure_newsroom_unlocked
from releases.admin.library_strings import EDITOR_STRINGS, PASTE_STRINGS
from releases.models import Release, User

MAX_SEARCH_WORDS = 12
MAX_DIGITS = 9  # of an id or a version

logger = logging.getLogger(__name__)


def current_user(request: HttpRequest) -> User:
    """Return the signed-in user. Raises PermissionDenied if nobody is signed in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def is_id(value: str) -> bool:
    """Return whether a submitted value can be the id or version of a row."""
    return value.isdecimal() and len(value) <= MAX_DIGITS


def update_submitted_data(form: forms.BaseForm, **changes: str) -> None:
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


class TextArea(AdminTextareaWidget):
    """A text area whose line breaks are those of the stored text, so that only real changes count."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        value = super().value_from_datadict(data, files, name)
        return value.replace("\r\n", "\n") if isinstance(value, str) else value


class BaseModelAdmin(admin.ModelAdmin):
    formfield_overrides: ClassVar[dict[Any, Any]] = {
        models.TextField: {"widget": TextArea},
        models.DateField: {"widget": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})},
    }
    show_full_result_count = False  # it would count all rows of the table for each page of a filtered list
    actions = None
    view_on_site: Any = False  # models with a public page override it
    list_title: Any = ""  # of the list; by default the name of the model
    add_title: Any = ""  # of the form of a new object; by default “Add” and the name of the model

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Render the list.

        If a value in the URL is out of range for Python or the database, redirect to the URL without values.
        Without values, the error is not the reader's.
        """
        try:
            title = {"title": self.list_title or capfirst(str(self.opts.verbose_name_plural))}
            response: HttpResponse = super().changelist_view(request, title | (extra_context or {}))
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

    def get_title(self, obj: Any) -> str:
        """Return the title of the page of `obj`."""
        return str(obj)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        """Render the form with the name of the object as its title."""
        if obj := context.get("original"):
            context |= {"title": self.get_title(obj), "subtitle": None}
        elif self.add_title:
            context["title"] = self.add_title
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> list[Any]:
        """Describe the changed fields for the history, and note on `request` whether there are any."""
        message: list[Any] = super().construct_change_message(request, form, formsets, add)
        request.is_unchanged = not message  # type: ignore[attr-defined]
        return message

    def log_change(self, request: HttpRequest, object: Any, message: Any) -> Any:  # noqa: A002
        return super().log_change(request, object, message) if message else None

    def get_saved_message(self, obj: Any) -> str:
        return _("“%(name)s” was saved.") % {"name": self.get_title(obj)}

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self._respond_to_save(request, obj, self.response_post_save_add)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return self._respond_to_save(request, obj, self.response_post_save_change)

    def _respond_to_save(
        self, request: HttpRequest, obj: Any, redirect: Callable[[HttpRequest, Any], HttpResponse]
    ) -> HttpResponse:
        """Say that `obj` was saved, and go where the clicked button leads, or else `redirect`."""
        if getattr(request, "is_unchanged", False):
            messages.info(request, _("Nothing was changed."))
        else:
            messages.success(request, self.get_saved_message(obj))
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        if "_continue" in request.POST:
            url = reverse(f"{name}_change", args=[obj.pk])
        elif "_addanother" in request.POST:
            url = reverse(f"{name}_add")
        else:
            return redirect(request, obj)
        filters: Any = {"preserved_filters": self.get_preserved_filters(request), "opts": self.opts}
        return HttpResponseRedirect(add_preserved_filters(filters, url))

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
