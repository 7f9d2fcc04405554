"""What the form of a new release is filled in with: a template, or a copy of another release.

Nothing is saved before the form is.
"""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from releases.admin.base import BaseModelAdmin, is_id
from releases.admin.diffs import ReleaseText
from releases.models import Release, ReleaseTemplate
from releases.text import richtext
from releases.text.choices import Status

# A copy has no date, web address, event and last valid day: those belong to one release.
COPIED_FIELDS = ("kind", "headline", "subhead", "dateline", "summary", "contacts", "signers")


def get_templates(request: HttpRequest) -> Any:
    """Return the templates to choose from, those in the language of the admin first."""
    return ReleaseTemplate.objects.to_choose_from(request.user, get_language())


def get_prefilled_fields(model_admin: BaseModelAdmin, request: HttpRequest) -> dict[str, Any]:
    """Return the values of the template `?template=`, or of the release `?copy_of=`, with a message.

    Return {} if neither is in the URL, or if the user may not view it.
    """
    if "template" in request.GET:
        value = request.GET["template"]
        template = get_templates(request).filter(pk=value).first() if is_id(value) else None
        return _fill_in_template(request, template)
    if "copy_of" in request.GET:
        release = model_admin.get_object(request, request.GET["copy_of"])
        is_visible = release is not None and model_admin.has_view_permission(request, release)
        return _copy_release(request, release if is_visible else None)
    return {}


def _fill_in_template(request: HttpRequest, template: ReleaseTemplate | None) -> dict[str, Any]:
    if template is None:
        messages.warning(
            request, _("This template doesn't exist. It may have been deleted. The form is empty.")
        )
        return {}
    text = _(
        "Started from the template “%(name)s”. Replace everything in square brackets. Nothing is saved yet."
    )
    messages.info(request, text % {"name": template.name})
    return template.get_release_fields()


def _copy_release(request: HttpRequest, release: Release | None) -> dict[str, Any]:
    """Return the text that staff edit, with its topics and contacts, but without its photos."""
    if release is None:
        messages.warning(
            request, _("This release doesn't exist. It may have been deleted. The form is empty.")
        )
        return {}
    text = _(
        "Copied from “%(headline)s”, as it was last saved. Not copied: date, web address, photos, documents, "
        "event, last valid day and the version in the other language. Nothing is saved yet."
    )
    current = ReleaseText.from_current(release)
    messages.info(request, text % {"headline": current.content["headline"]})
    if release.status == Status.WITHDRAWN:
        messages.warning(request, _("That release was withdrawn. Check its text before you use it again."))
    return {name: current.content[name] for name in COPIED_FIELDS} | {
        "language": release.language,
        "body": richtext.strip_photo_placeholders(current.content["body"]),
        "tags": list(current.topic_ids),
    }
