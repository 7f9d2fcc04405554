from django.db import migrations
from django.db.models import Case, F, OuterRef, Subquery, When


def fill(apps, schema_editor):
    release = apps.get_model("releases", "Release").objects.order_by().filter(pk=OuterRef("content_object"))
    moment = Case(When(status="published", then=F("public_at")))
    apps.get_model("releases", "ReleaseTag").objects.order_by().update(
        language=Subquery(release.values("language")),
        date=Subquery(release.values("date")),
        public_at=Subquery(release.values(moment=moment)),
    )


class Migration(migrations.Migration):
    dependencies = [
        ("releases", "0025_ties_say_what_lists_go_by"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
