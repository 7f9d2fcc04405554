"""Give each release a random id for feeds, the same in its history."""

import uuid

from django.db import migrations, models


def set_feed_ids(apps, schema_editor):
    release, history = apps.get_model("releases", "Release"), apps.get_model("releases", "HistoricalRelease")
    ids = {*release.objects.values_list("pk", flat=True), *history.objects.values_list("id", flat=True)}
    for pk in sorted(ids):
        feed_id = uuid.uuid4()
        release.objects.filter(pk=pk).update(feed_id=feed_id)
        history.objects.filter(id=pk).update(feed_id=feed_id)


def make_field(**options):
    return models.UUIDField(default=uuid.uuid4, editable=False, **options)


class Migration(migrations.Migration):
    dependencies = [("releases", "0005_update_topic_keys")]

    operations = [
        migrations.AddField("release", "feed_id", models.UUIDField(null=True)),
        migrations.AddField("historicalrelease", "feed_id", models.UUIDField(null=True)),
        migrations.RunPython(set_feed_ids, migrations.RunPython.noop),
        migrations.AlterField("release", "feed_id", make_field(unique=True)),
        migrations.AlterField("historicalrelease", "feed_id", make_field(db_index=True)),
    ]
