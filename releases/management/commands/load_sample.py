"""The client's own ten releases of 2014 with hand-chosen topics, three sample translations, its public line and its office:
something to show at the start."""

import tomllib
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from releases import clock, publishing
from releases.datelines import place_in
from releases.importers import loader, plaintext
from releases.models import Newsroom, Release, Topic
from releases.vocabulary import Language

SAMPLE = Path(__file__).resolve().parents[2] / "sample"


class Command(BaseCommand):
    help = "Load the ten sample releases, three translations, topics, the public line and office. A second run changes nothing."

    @transaction.atomic
    def handle(self, *_args: Any, **_options: Any) -> None:
        text = plaintext.decode((SAMPLE / "press-page.txt").read_bytes())
        results = loader.load(plaintext.parse(text, Language.ENGLISH, clock.day_of(timezone.now())))
        created = {result.item.date: result.release for result in results if result.outcome == loader.Outcome.CREATED}
        for topic in tomllib.loads((SAMPLE / "topics.toml").read_text())["topic"]:
            for day in topic.pop("releases"):
                if release := created.get(day):
                    release.tags.add(self.topic(**topic))
        for words in tomllib.loads((SAMPLE / "translations.toml").read_text())["translation"]:
            if release := created.get(words.pop("of")):
                self.translate(release, words)
        newsroom = Newsroom.current()
        if created and not newsroom.legal_help_phone:
            for name, words in tomllib.loads((SAMPLE / "newsroom.toml").read_text()).items():
                setattr(newsroom, name, words)
            newsroom.save()
        self.stdout.write(f"{len(created)} sample releases loaded, {Release.objects.count()} in all.")

    def translate(self, release: Release, words: dict[str, str]) -> None:
        """The Spanish version of `release`, marked as a sample."""
        spanish = Release(
            **words,
            language=Language.SPANISH,
            is_sample_translation=True,
            pair=release.pair,
            kind=release.kind,
            date=release.date,
            dateline=place_in(release.dateline, Language.SPANISH),
            status=release.status,
            public_at=release.public_at,
            slug=Release.objects.free_slug(words["headline"], Language.SPANISH),
        )
        spanish.full_clean()
        publishing.sign(spanish, None, "import")
        spanish.save()
        spanish.tags.set(release.tags.all())

    def topic(self, name: str, **words: str) -> Topic:
        topic: Topic = Topic.objects.get_or_create(name=name, defaults=words)[0]
        return topic
