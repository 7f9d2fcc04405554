"""What an imported release is known by no longer holds its headline, so a name removed everywhere is not left there."""

import re
from hashlib import sha256

from django.db import migrations


def without_words(apps, schema_editor):
    Release = apps.get_model("releases", "Release")
    for release in Release.objects.exclude(source_key=None).iterator():
        found = re.fullmatch(r"([a-z]+:[^:]+:)([a-z0-9]*)(:\d+)?", release.source_key)
        if found and not re.fullmatch(r"[0-9a-f]{32}", found[2]):
            key = found[1] + sha256(found[2].encode()).hexdigest()[:32] + (found[3] or "")
            Release.objects.filter(pk=release.pk).update(source_key=key)


class Migration(migrations.Migration):
    dependencies = [("releases", "0009_history")]

    operations = [migrations.RunPython(without_words, migrations.RunPython.noop)]
