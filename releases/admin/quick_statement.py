"""“Quick statement”: a draft from four fields, and its version in the other language as a to-do."""

import uuid
from contextlib import suppress
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from releases.actions.errors import ActionNotAllowed
from releases.actions.translations import create_translation
from releases.admin.base import ReleaseViews, current_user
from releases.admin.forms import QuickForm
from releases.admin.paste import create_draft
from releases.models import Release
from releases.text import localtime
from releases.text.choices import DEFAULT_PLACE, Kind
from releases.text.reading import split_paragraphs


class QuickStatementViews(ReleaseViews):
    def get_urls(self) -> list[URLPattern]:
        return [self.model_admin.admin_path("quick/", self.quick_view, "quick_statement")]

    def quick_view(self, request: HttpRequest) -> HttpResponse:
        """Show the form, and create the statement on POST."""
        if not self.model_admin.has_add_permission(request):
            raise PermissionDenied
        initial = {"language": get_language(), "client_id": uuid.uuid4()}
        form = QuickForm(request.POST) if request.method == "POST" else QuickForm(initial=initial)
        if request.method == "POST" and form.is_valid():
            return self._create(request, form.cleaned_data)
        site = self.model_admin.admin_site
        context = {
            "title": _("Quick statement"),
            "opts": self.model_admin.opts,
            "form": form,
            "can_publish": request.user.has_perm("releases.publish_release"),
        }
        return TemplateResponse(
            request, "admin/releases/release/quick_statement.html", site.each_context(request) | context
        )

    def _create(self, request: HttpRequest, cleaned: dict[str, Any]) -> HttpResponse:
        with transaction.atomic():
            response = create_draft(self.model_admin, request, make_fields(cleaned))
            release = Release.objects.filter(creation_key=cleaned["client_id"]).first()
            if release and release.translation is None:
                with suppress(ActionNotAllowed):  # someone created it a moment ago
                    create_translation(release, user=current_user(request))
        return response


def make_fields(cleaned: dict[str, Any]) -> dict[str, Any]:
    """Return the values of the ordinary form for those of the short one."""
    language = cleaned["language"]
    summary, body = split_paragraphs(cleaned["text"])
    if cleaned["quotation"]:
        attribution = f"<p>— {escape(cleaned['speaker'])}</p>"
        body += f"<blockquote><p>{escape(cleaned['quotation'])}</p>{attribution}</blockquote>"
    contact = cleaned["contact"]
    return {
        "client_id": str(cleaned["client_id"]),
        "kind": Kind.STATEMENT.value,
        "language": language,
        "headline": cleaned["headline"],
        "date": localtime.local_date(timezone.now()).isoformat(),
        "dateline": DEFAULT_PLACE[language],
        "summary": summary,
        "body": body,
        "contacts": [str(contact.pk)] if contact else [],
    }
