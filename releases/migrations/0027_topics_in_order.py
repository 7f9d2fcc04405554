from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("releases", "0026_fill_the_ties"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="releasetag",
            index=models.Index(fields=["language", "tag", "-date", "-public_at", "-content_object"], name="topic_in_order"),
        ),
    ]
