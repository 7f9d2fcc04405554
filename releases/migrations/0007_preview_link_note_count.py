"""Count the notes of each private link, so that an approval can see a new one."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("releases", "0006_release_feed_id"),
    ]

    operations = [
        migrations.AddField(
            model_name="previewlink",
            name="note_count",
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
    ]
