"""What stood before there was a history is its first entry."""

from django.db import migrations
from django.utils import timezone

MODELS = ["Topic", "TopicAlias", "Release", "ReleaseTag", "FormerAddress", "Newsroom"]


def write_first_records(apps, schema_editor):
    Release = apps.get_model("releases", "Release")
    first = Release.objects.order_by("created_at").values_list("created_at", flat=True).first() or timezone.now()
    for name in MODELS:
        model, history = apps.get_model("releases", name), apps.get_model("releases", f"Historical{name}")
        fields = [field.attname for field in model._meta.concrete_fields]
        for row in model.objects.iterator():
            release = row if name == "Release" else getattr(row, "content_object", None)
            history.objects.create(
                **{field: getattr(row, field) for field in fields},
                history_date=release.created_at if release else first,
                history_type="+",
            )


def forget_them(apps, schema_editor):
    for name in MODELS:
        apps.get_model("releases", f"Historical{name}").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("releases", "0010_source_keys_without_words")]

    operations = [migrations.RunPython(write_first_records, forget_them)]
