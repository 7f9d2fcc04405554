"""Load the ten sample releases, with topics, three translations and the office's details."""

import tomllib
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from releases.actions.locking import set_history_metadata
from releases.importers import loader, plaintext
from releases.models import NewsroomSettings, Release, Topic
from releases.text import localtime
from releases.text.choices import Language
from releases.text.datelines import translate_place

SAMPLE = Path(__file__).resolve().parents[2] / "sample"


class Command(BaseCommand):
    help = (
        "Load the ten sample releases, three translations, topics, the public line and office. A second run "
        "changes nothing."
    )

    @transaction.atomic
    def handle(self, *_args: Any, **_options: Any) -> None:
        text = plaintext.decode((SAMPLE / "press-page.txt").read_bytes())
        results = loader.load_items(
            plaintext.parse_items(text, Language.ENGLISH, localtime.local_date(timezone.now()))
        )
        created = {
            result.item.date: result.release for result in results if result.outcome == loader.Outcome.CREATED
        }
        for topic in tomllib.loads((SAMPLE / "topics.toml").read_text())["topic"]:
            for day in topic.pop("releases"):
                if release := created.get(day):
                    release.tags.add(self.topic(**topic))
        for entry in tomllib.loads((SAMPLE / "translations.toml").read_text())["translation"]:
            if release := created.get(entry.pop("of")):
                self.translate(release, entry)
        newsroom = NewsroomSettings.current()
        if created and not newsroom.legal_help_phone:
            for name, entry in tomllib.loads((SAMPLE / "newsroom.toml").read_text()).items():
                setattr(newsroom, name, entry)
            newsroom.save()
        self.stdout.write(f"{len(created)} sample releases loaded, {Release.objects.count()} in all.")

    def translate(self, release: Release, texts: dict[str, str]) -> None:
        """Create the Spanish version of `release`, marked as a sample."""
        spanish = Release(
            **texts,
            language=Language.SPANISH,
            is_sample_translation=True,
            translation_key=release.translation_key,
            kind=release.kind,
            date=release.date,
            dateline=translate_place(release.dateline, Language.SPANISH),
            status=release.status,
            public_at=release.public_at,
            slug=Release.objects.unique_slug(texts["headline"], Language.SPANISH),
        )
        spanish.full_clean()
        set_history_metadata(spanish, None, "import")
        spanish.save()
        spanish.tags.set(release.tags.all())

    def topic(self, name: str, **names: str) -> Topic:
        topic: Topic = Topic.objects.get_or_create(name=name, defaults=names)[0]
        return topic
