"""“Paste a release”: read a text, show what was found in it, and create a draft.

Nothing is stored between the pages: each sends the text to the next one, which reads it again. So there is
nothing to clean up, and nothing to lose when a session ends.
"""

import re
import uuid
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from releases.admin.base import ReleaseViews, current_user
from releases.admin.forms import PasteForm
from releases.models import EVENT_FIELDS, Boilerplate, MediaContact, Note, Release, Topic
from releases.text import localtime, richtext
from releases.text.choices import Kind
from releases.text.datelines import translate_place
from releases.text.reading import Block, Known, Reading, build_body, read_releases

TEXT_FIELDS = ("language", "kind", "headline", "subhead", "date", "dateline", "summary")
MAX_EXCERPT = 300  # characters of a line that a field comes from
MAX_RELEASES = 50  # that are listed to choose from


class Row(NamedTuple):
    """A field on the review page, the lines that it comes from, and what to check."""

    field: Any
    blocks: list[Block]
    questions: list[str]
    error: str = ""


class PasteViews(ReleaseViews):
    def get_urls(self) -> list[URLPattern]:
        return [self.model_admin.admin_path("paste/", self.paste_view, "paste")]

    def paste_view(self, request: HttpRequest) -> HttpResponse:
        """Show the box. On POST, show what was read from its text, or create a draft from that."""
        if not self.model_admin.has_add_permission(request):
            raise PermissionDenied
        form = PasteForm(request.POST, request.FILES) if request.method == "POST" else PasteForm()
        if request.method != "POST" or not form.is_valid():
            return self._render_box(request, request.POST, form.errors)
        source = form.cleaned_data
        if "_back" in request.POST:
            text = source["text"] or richtext.format_plain_text(source["markup"])
            return self._render_box(request, source | {"text": text, "markup": ""})
        readings = read_releases(source["text"], source["markup"], source["language"] or None, find_known())
        part = request.POST.get("part", "")
        if len(readings) > 1 and part not in map(str, range(len(readings))):
            return self._render_choice(request, source, readings)
        reading = readings[int(part) if len(readings) > 1 else 0]
        if "_create" in request.POST and request.POST.get("headline", "").strip():
            return self._create(request, reading, make_client_id(request, source, part))
        return self._render_review(request, source, reading, part)

    def _render(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        site = self.model_admin.admin_site
        context = {"opts": self.model_admin.opts} | context
        return TemplateResponse(
            request, f"admin/releases/release/{template}.html", site.each_context(request) | context
        )

    def _render_box(self, request: HttpRequest, source: Any, errors: Any = None) -> HttpResponse:
        context = {"title": _("Paste a release"), "source": source, "errors": errors}
        return self._render(request, "paste", context)

    def _render_choice(
        self, request: HttpRequest, source: dict[str, Any], readings: list[Reading]
    ) -> HttpResponse:
        """Ask which of several releases is meant."""
        context = {
            "title": _("Which release?"),
            "source": source,
            "readings": readings[:MAX_RELEASES],
            "count": len(readings),
        }
        return self._render(request, "paste_choice", context)

    def _render_review(
        self, request: HttpRequest, source: dict[str, Any], reading: Reading, part: str
    ) -> HttpResponse:
        """Show each field beside the lines that it comes from."""
        is_update = "headline" in request.POST
        form_class = self.model_admin.get_form(request)
        initial = get_initial(reading)
        shown = initial | get_posted_fields(request.POST) if is_update else initial
        form = form_class(initial=shown)
        is_advisory = Kind.MEDIA_ADVISORY in (reading.kind, shown["kind"])
        has_event = is_advisory or set(EVENT_FIELDS) & set(reading.sources)
        names = (*TEXT_FIELDS, *(EVENT_FIELDS if has_event else ()))
        unchanged = form_class(initial=initial)
        rows = [make_row(form, unchanged, name, reading) for name in names]
        if "_create" in request.POST:
            missing = _("Write a headline.")
            rows = [row._replace(error=missing if row.field.name == "headline" else "") for row in rows]
        contacts = MediaContact.objects.in_bulk([found.known for found in reading.contacts if found.known])
        body_questions = [each for each in reading.questions if each.field not in names]
        put_back, quotations = get_numbers(request.POST, "put_back"), get_numbers(request.POST, "quotation")
        question_count = len(body_questions) + sum(len(row.questions) for row in rows)
        context = {
            "title": _("Check what was read"),
            "source": source,
            "part": part,
            "form": form,
            "rows": rows,
            "body": mark_body(build_body(reading, put_back, quotations)),
            "body_language": form["language"].value(),
            "body_questions": [question.sentence for question in body_questions],
            "question_count": question_count,
            "question_summary": ngettext(
                "%(count)d thing to check: it is marked below.",
                "%(count)d things to check: they are marked below.",
                question_count,
            )
            % {"count": question_count},
            "left_out": [(reading.blocks[item.block], item.reason) for item in reading.left_out],
            "put_back": put_back,
            "quotations": reading.quotations,
            "chosen_quotations": quotations,
            "contacts": [(found, contacts.get(found.known or 0)) for found in reading.contacts],
            "chosen_contacts": set(request.POST.getlist("contacts")) if is_update else None,
            "topics": find_topics(reading.topics),
            "chosen_topics": set(request.POST.getlist("tags")),
            "attachments": reading.attachments,
            "embargo": reading.embargo,
        }
        return self._render(request, "paste_review", context)

    def _create(self, request: HttpRequest, reading: Reading, client_id: str) -> HttpResponse:
        """Create the draft like the ordinary form does, which also shows the errors if there are any."""
        body = build_body(
            reading, get_numbers(request.POST, "put_back"), get_numbers(request.POST, "quotation")
        )
        text = "\n".join(describe_for_note(reading))
        fields = get_posted_fields(request.POST) | {"body": body, "client_id": client_id}
        return create_draft(self.model_admin, request, fields, text)


def create_draft(
    model_admin: Any, request: HttpRequest, fields: dict[str, Any], note: str = ""
) -> HttpResponse:
    """Save a new release with the values of `fields` through the ordinary form, and add `note` to it.

    `fields` has a list for a field with several values. The button of `request` says where to go afterwards.
    """
    post: Any = QueryDict(mutable=True)
    for name, value in fields.items():
        post.setlist(name, value if isinstance(value, list) else [value])
    post["_publish" if "_publish" in request.POST else "_continue"] = "1"
    request.POST = post
    with transaction.atomic():
        response: HttpResponse = model_admin.changeform_view(
            request, None, form_url=reverse("admin:releases_release_add")
        )
        release = Release.objects.filter(creation_key=fields["client_id"]).first()
        if note and release and not release.notes.exists():
            Note.objects.create(release=release, author=current_user(request), text=note)
    return response


def find_known() -> Known:
    """Return what the newsroom knows: contacts, boilerplate, and the names and keywords of topics."""
    today = localtime.local_date(timezone.now())
    topics = Topic.objects.prefetch_related("aliases")
    return Known(
        boilerplates=tuple(Boilerplate.objects.effective_on(today).values_list("text", flat=True)),
        contacts=tuple(MediaContact.objects.values_list("pk", "phone", "email")),
        topics=tuple((topic.pk, topic.get_words()) for topic in topics),
    )


def find_topics(ids: list[int]) -> list[Topic]:
    topics = Topic.objects.in_bulk(ids)
    return [topics[pk] for pk in ids if pk in topics]


def get_initial(reading: Reading) -> dict[str, Any]:
    """Return the values of the form's fields that were read."""
    initial = {name: getattr(reading, name) for name in (*TEXT_FIELDS, *EVENT_FIELDS)}
    initial["dateline"] = translate_place(reading.dateline, reading.language) if reading.dateline else ""
    return initial


def get_posted_fields(post: QueryDict) -> dict[str, Any]:
    """Return the values of the form's fields that the review page sent."""
    names = (*TEXT_FIELDS, *EVENT_FIELDS)
    fields: dict[str, Any] = {name: post[name] for name in names if name in post}
    return fields | {name: post.getlist(name) for name in ("contacts", "tags") if name in post}


def get_numbers(post: QueryDict, name: str) -> set[int]:
    """Return the numbers of blocks that were ticked."""
    return {int(value) for value in post.getlist(name) if re.fullmatch("[0-9]{1,6}", value)}


def make_row(form: Any, unchanged: Any, name: str, reading: Reading) -> Row:
    """Return the row of a field. A value that someone changed has been checked."""
    blocks = [reading.blocks[number] for number in dict.fromkeys(reading.sources.get(name, []))]
    questions = [question.sentence for question in reading.questions if question.field == name]
    field = form[name].field
    texts = [str(field.widget.format_value(each[name].value()) or "") for each in (form, unchanged)]
    return Row(form[name], blocks, questions if texts[0].split() == texts[1].split() else [])


def make_client_id(request: HttpRequest, source: dict[str, Any], part: str) -> str:
    """Return the id of the draft. It is the same for this person and text all day, even after Back."""
    day = localtime.local_date(timezone.now())
    text = f"{current_user(request).pk} {day} {part} {source['text']} {source['markup']}"
    return str(uuid.uuid5(uuid.NAMESPACE_OID, text))


def mark_body(body: str) -> SafeString:
    """Return sanitized markup for a template."""
    return mark_safe(body)  # noqa: S308


def describe_for_note(reading: Reading) -> list[str]:
    """Return what the draft has no field for, in the language of the admin."""
    lines = []
    if reading.embargo:
        lines.append(
            _("The text asks for an embargo: “%(line)s”. Choose the time when you publish.")
            % {"line": reading.embargo}
        )
    unknown = [found.text for found in reading.contacts if not found.known]
    if unknown:
        lines.append(_("Press contacts in the text: %(contacts)s") % {"contacts": "; ".join(unknown)})
    if reading.attachments:
        lines.append(_("Files to attach: %(names)s") % {"names": ", ".join(reading.attachments)})
    return lines
