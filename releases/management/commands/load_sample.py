"""The client's own ten releases of 2014 with hand-chosen topics, so that a new newsroom has something to show."""

import tomllib
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from releases import clock
from releases.importers import loader, plaintext
from releases.models import Release, Topic
from releases.vocabulary import Language

SAMPLE = Path(__file__).resolve().parents[2] / "sample"


class Command(BaseCommand):
    help = "Load the ten sample releases and their topics. A second run changes nothing."

    @transaction.atomic
    def handle(self, *_args: Any, **_options: Any) -> None:
        text = plaintext.decode((SAMPLE / "press-page.txt").read_bytes())
        results = loader.load(plaintext.parse(text, Language.ENGLISH, clock.day_of(timezone.now())))
        created = {result.item.date: result.release for result in results if result.outcome == loader.Outcome.CREATED}
        for topic in tomllib.loads((SAMPLE / "topics.toml").read_text())["topic"]:
            for day in topic["releases"]:
                if release := created.get(day):
                    release.tags.add(self.topic(topic["name"], topic["name_es"]))
        self.stdout.write(f"{len(created)} sample releases loaded, {Release.objects.count()} in all.")

    def topic(self, name: str, name_es: str) -> Topic:
        topic: Topic = Topic.objects.get_or_create(name=name, defaults={"name_es": name_es})[0]
        return topic
