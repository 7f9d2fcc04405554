"""How the newsroom prints what it knows as data: datelines, dates, topics."""

import re
from datetime import date, datetime
from functools import cache
from typing import Any

from django import template
from django.templatetags.i18n import TranslateNode, do_translate
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from releases import clock, datelines, prose
from releases.caching import Edition
from releases.models import Newsroom, Release, Topic, User, name_of
from releases.vocabulary import Kind, Language

register = template.Library()
register.filter("cut", prose.cut)


@register.filter
def dateline(release: Release) -> str:
    """“(March 4, 2015, Los Angeles) –” in the language of the release; "" before it has a date."""
    return release.printed_dateline


@register.filter
def printed(day: date, language: str) -> str:
    return datelines.printed_date(day, language)


@register.filter
def iso(day: date | datetime) -> str:
    """A date or a moment for machines (ISO 8601)."""
    return day.isoformat()


@register.filter
def kind_name(row: Any) -> str:
    """The kind of a release or of a correction in words, in the language in use."""
    return _kind_name(type(row), row.kind, get_language())  # type: ignore[arg-type]  # a class can be a key


@cache
def _kind_name(model: Any, kind: str, _language: str) -> str:
    return str(model(kind=kind).get_kind_display())


@register.filter
def month_name(day: date | int, language: str) -> str:
    """The name of the month of a date, or of a month's number."""
    number = day if isinstance(day, int) else day.month
    return datelines.MONTHS[Language(language)][number - 1]


@register.filter
def has_run_out(release: Release, at: datetime) -> bool:
    """Whether a notice no longer holds at the moment `at`."""
    return release.has_run_out(at)


@register.filter
def day_of(moment: datetime) -> date:
    """The calendar date of a moment in Los Angeles."""
    return clock.day_of(moment)


@register.filter
def moment(moment: datetime) -> str:
    """“Nov. 24, 2026, 9 a.m. Los Angeles time”, in the language in use."""
    return clock.in_words(moment)


@register.filter
def person(user: User | None) -> str:
    return name_of(user)


@register.filter
def name_in(topic: Topic, language: str) -> str:
    return topic.name_in(language)


@register.filter
def url_in(topic: Topic, language: str) -> str:
    return topic.get_absolute_url(language)


@register.filter
def slug_in(topic: Topic, language: str) -> str:
    return topic.slug_in(language)


@register.filter
def about_in(topic: Topic, language: str) -> str:
    return topic.about_in(language)


@register.filter
def hours_in(newsroom: Newsroom, language: str) -> str:
    return newsroom.hours_in(language)


@register.filter
def warning_in(newsroom: Newsroom, language: str) -> str:
    return newsroom.warning_in(language)


@register.filter
def dialled(phone: str) -> str:
    """One telephone number, perhaps with an extension, as a link dials it (RFC 3966), with the country's code."""
    number, _between, extension = re.split("( *(?:ext|x)[. ]*)", phone, maxsplit=1) if re.search("ext|x", phone) else (phone, "", "")
    digits = re.sub("[^0-9+]", "", number)
    whole = digits if digits.startswith("+") else f"+{digits}" if len(digits) == 11 else f"+1{digits}"
    return f"{whole};ext={extension.strip()}" if extension else whole


class Translated(template.Node):
    def __init__(self, node: TranslateNode) -> None:
        self.node = node
        self.known: dict[str | None, str] = {}

    def render(self, context: template.Context) -> str:
        language = get_language()
        if language not in self.known:
            self.known[language] = self.node.render(context)
        return self.known[language]


@register.tag
def translate(parser: template.base.Parser, token: template.base.Token) -> template.Node:
    """Django's `{% translate %}`, but words that stand in the template are looked up once in a language, and not for every page."""
    node = do_translate(parser, token)
    words = node.filter_expression
    is_known = words.var.literal is not None and not words.filters and not node.message_context
    return Translated(node) if is_known and not node.asvar else node


class Part(template.Node):
    def __init__(self, nodes: template.NodeList) -> None:
        self.nodes = nodes  # not as `nodelist`: Django would look through it for blocks with every page

    def render(self, context: template.Context) -> SafeString:
        return self.nodes.render(context)


@register.tag
def part(_parser: template.base.Parser, token: template.base.Token) -> Part:
    """`{% part "releases/_share.html" %}`: what `{% include %}` would do without words of its own, done when the page is compiled and
    not each time it is made."""
    _tag, name = token.split_contents()
    return Part(template.Engine.get_default().get_template(name.strip('"')).nodelist)


class Once(template.Node):
    def __init__(self, name: str, keys: list[template.base.FilterExpression], nodes: template.NodeList) -> None:
        self.name, self.keys, self.nodes = name, keys, nodes

    def render(self, context: template.Context) -> SafeString:
        edition: Edition | None = context.get("edition")
        if edition is None:
            return self.nodes.render(context)
        key = (self.name, context["language"], *(key.resolve(context, ignore_failures=True) for key in self.keys))
        return edition.once(key, lambda: self.nodes.render(context))


@register.tag
def once(parser: template.base.Parser, token: template.base.Token) -> Once:
    """`{% once name key … %}`: a piece that is made once for a public edition, a language, and each value of the keys.

    Everything it says must follow from these; a page that is of no edition, as a preview, makes it anew.
    """
    _tag, name, *keys = token.split_contents()
    nodes = parser.parse(("endonce",))
    parser.delete_first_token()
    return Once(name, [parser.compile_filter(key) for key in keys], nodes)


@register.simple_tag
def is_old_guidance(release: Release, newsroom: Newsroom, at: datetime) -> bool:
    """Whether a notice without an end is so old that its rules may have changed."""
    return bool(newsroom and release.kind == Kind.SERVICE_NOTICE and newsroom.is_old(release, at))
