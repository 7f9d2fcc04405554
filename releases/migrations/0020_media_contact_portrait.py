"""Add the portrait of a media contact, for the press page."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("releases", "0019_alert"),
    ]

    operations = [
        migrations.AddField(
            model_name="historicalmediacontact",
            name="portrait",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                help_text="Only with the person's consent. You can choose from the portraits of the press kit. Add them under Photos.",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="releases.photo",
                verbose_name="portrait",
            ),
        ),
        migrations.AddField(
            model_name="mediacontact",
            name="portrait",
            field=models.ForeignKey(
                blank=True,
                help_text="Only with the person's consent. You can choose from the portraits of the press kit. Add them under Photos.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="portrait_of",
                to="releases.photo",
                verbose_name="portrait",
            ),
        ),
    ]
