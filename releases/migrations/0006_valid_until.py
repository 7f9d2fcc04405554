"""A service notice has a last day and a successor; one notice is pinned in each language."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


def make_the_newsroom(apps, schema_editor):
    apps.get_model("releases", "Newsroom").objects.get_or_create(pk=1)


class Migration(migrations.Migration):
    dependencies = [("releases", "0005_former_topics")]

    operations = [
        migrations.AddField(
            model_name="newsroom",
            name="pinned",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="releases.release",
                verbose_name="pinned in English",
            ),
        ),
        migrations.AddField(
            model_name="newsroom",
            name="pinned_es",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="releases.release",
                verbose_name="pinned in Spanish",
            ),
        ),
        migrations.AddField(
            model_name="newsroom",
            name="pinned_es_until",
            field=models.DateField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="newsroom",
            name="pinned_until",
            field=models.DateField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="newsroom",
            name="years_until_old",
            field=models.PositiveSmallIntegerField(
                default=2,
                help_text="Older releases say “From 2014. Rules may have changed.” with their year. 0: never.",
                validators=[django.core.validators.MaxValueValidator(100)],
                verbose_name="years until a release is old",
            ),
        ),
        migrations.AddField(
            model_name="release",
            name="current_notice",
            field=models.ForeignKey(
                blank=True,
                help_text="The notice that holds instead. The banner leads there while the public can read it.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="releases.release",
                verbose_name="current notice",
            ),
        ),
        migrations.AddField(
            model_name="release",
            name="valid_until",
            field=models.DateField(
                blank=True,
                help_text="The last day on which a service notice holds. From the next day on a banner says that it has run out.",
                null=True,
                verbose_name="valid until",
            ),
        ),
        migrations.RunPython(make_the_newsroom, migrations.RunPython.noop),
    ]
