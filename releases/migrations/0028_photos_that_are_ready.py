from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("releases", "0027_topics_in_order"),
    ]

    # Until now every copy was made while its photo was taken in, so all that are here have theirs.
    operations = [
        migrations.AddField(
            model_name="photo",
            name="is_ready",
            field=models.BooleanField(default=True, editable=False),
        ),
        migrations.AlterField(
            model_name="photo",
            name="is_ready",
            field=models.BooleanField(default=False, editable=False),
        ),
    ]
