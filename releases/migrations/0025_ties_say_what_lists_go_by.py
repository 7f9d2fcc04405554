from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("releases", "0024_more_orders"),
    ]

    operations = [
        migrations.AddField(
            model_name="releasetag",
            name="language",
            field=models.CharField(choices=[("en", "English"), ("es", "Spanish")], default="", editable=False, max_length=2),
        ),
        migrations.AddField(
            model_name="releasetag",
            name="date",
            field=models.DateField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="releasetag",
            name="public_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
