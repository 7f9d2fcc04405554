"""Alerts: when one is active, which values are refused, and where the link leads."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from releases.models import Alert
from releases.text.choices import Severity
from tests.factories import (
    make_alert,
    make_draft,
    make_organization,
    make_release,
    make_topic,
    make_withdrawn,
)

pytestmark = pytest.mark.django_db

EXTERNAL = "https://www.example.org/raid"


def build_alert(**changes):
    fields = {"text": "Stay.", "text_es": "Quédese.", "ends_at": timezone.now() + timedelta(hours=1)}
    return Alert(**fields | changes)


def find_errors(**changes):
    with pytest.raises(ValidationError) as raised:
        build_alert(**changes).full_clean()
    return raised.value.message_dict


def test_alert_is_active_until_its_end_or_until_it_is_ended():
    alert = make_alert()
    last = alert.ends_at - timedelta(microseconds=1)
    assert [alert.is_active(at) for at in (last, alert.ends_at)] == [True, False]
    assert (list(Alert.objects.active(last)), list(Alert.objects.active(alert.ends_at))) == ([alert], [])
    alert.ended_at = timezone.now()
    alert.save()
    assert not alert.is_active(last)
    assert not Alert.objects.active(last)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"text": ""}, "Write the alert in English too."),
        ({"text": "\u200b"}, "Write the alert in English too."),
        ({"text_es": ""}, "Write the alert in Spanish too."),
        ({"text": "a" * 201}, "at most 200 characters"),
        ({"ends_at": timezone.now() - timedelta(seconds=1)}, "That time has passed."),
        ({"ends_at": timezone.now() + timedelta(days=8)}, "within seven days"),
        ({"severity": "red"}, "not a valid choice"),
        ({"link": "call us"}, "Enter a complete web address"),
        ({"link": "javascript:alert(1)"}, "Enter a complete web address"),
        ({"link": "//example.org/"}, "Enter a complete web address"),
        ({"link": "mailto:ana@example.org"}, "Only the address of a web page"),
        *(
            ({"link": link}, "no public release, topic or main page")
            for link in (
                "/nowhere/",
                "/admin/",
                "/preview/secret/",
                "/topics/unknown/",
                "/topics/unknown/feed/",
                "/2090/",
                "/1999/05/",
                "/photos/abc/x.jpg",
                "/robots.txt",
                "/sitemap-2015.xml",
                "/health/ready/",
                "/.well-known/change-password",
            )
        ),
    ],
)
def test_alert_that_readers_could_not_use_is_refused_with_one_sentence(changes, sentence):
    messages = find_errors(**changes)
    assert list(messages) == list(changes)
    assert [sentence in message for message in messages[next(iter(changes))]] == [True]


@pytest.mark.parametrize("make", [make_draft, make_withdrawn])
def test_link_to_a_release_that_is_not_public_is_refused(make):
    make(slug="secret", date="2015-03-04")
    assert "no public release" in find_errors(link="/2015/03/secret/")["link"][0]
    assert "no public release" in find_errors(link="/2015/03/secret/facts.pdf")["link"][0]


def test_texts_and_link_are_cleaned(settings):
    make_release(slug="a-ruling")
    alert = build_alert(
        text=" Stay\n home.\u200b ", text_es="No  abra.", link=f"{settings.SITE_URL}/2015/03/a-ruling/"
    )
    alert.full_clean()
    assert (alert.text, alert.text_es, alert.link) == ("Stay home.", "No abra.", "/2015/03/a-ruling/")
    alert.link = " www.example.org/raid?utm_source=x "
    alert.full_clean()
    assert alert.link == EXTERNAL


@pytest.mark.parametrize(
    ("link", "english", "spanish"),
    [
        ("", "", ""),
        (EXTERNAL, EXTERNAL, EXTERNAL),
        ("/2015/03/a-ruling/", "/2015/03/a-ruling/", "/es/2015/03/un-fallo/"),
        ("/es/2015/03/un-fallo/#correcciones", "/2015/03/a-ruling/#correcciones",
         "/es/2015/03/un-fallo/#correcciones"),
        ("/2015/03/a-ruling.txt", "/2015/03/a-ruling.txt", "/2015/03/a-ruling.txt"),
        ("/notices/", "/notices/", "/es/avisos/"),
        ("/es/buscar/?q=redada", "/search/?q=redada", "/es/buscar/?q=redada"),
        ("/2015/03/[text removed on November 29, 2026]/", "", ""),
    ],
)  # fmt: skip
def test_link_leads_to_the_page_in_the_language_of_the_reader(translated_releases, link, english, spanish):
    alert, now = make_alert(link=link), timezone.now()
    assert (alert.get_url("en", now), alert.get_url("es", now)) == (english, spanish)


def test_link_to_a_topic_holds_while_it_has_a_public_release():
    topic = make_topic("Secret operation", "Operativo secreto")
    draft = make_draft(topics=(topic,))
    for link in ("/topics/secret-operation/", "/es/temas/operativo-secreto/"):
        assert "no public release" in find_errors(link=link)["link"][0]
    draft.delete()
    release = make_release(topics=(topic,))
    alert = make_alert(link="/topics/secret-operation/")
    assert alert.get_url("es", timezone.now()) == "/topics/secret-operation/"
    assert "no public release" in find_errors(link="/es/temas/operativo-secreto/")["link"][0]
    release.tags.clear()
    assert alert.get_url("es", timezone.now()) == ""


def test_link_to_a_release_without_a_translation_leads_to_the_release(django_assert_max_num_queries):
    release = make_release(slug="a-ruling", signers=[make_organization().pk])
    alert = make_alert(link="/2015/03/a-ruling/")
    with django_assert_max_num_queries(2):
        assert alert.get_url("es", timezone.now()) == release.get_absolute_url()
    release.delete()
    assert alert.get_url("es", timezone.now()) == ""


def test_severity_is_a_word_in_both_languages():
    assert [str(label) for label in Severity.labels] == ["Information", "Important", "Urgent"]
