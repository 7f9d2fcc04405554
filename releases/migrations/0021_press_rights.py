"""Publishers keep the media contacts, what is said of CARECEN and what others wrote of it; a first text of that in each language."""

from datetime import date

from django.contrib.auth.management import create_permissions
from django.db import migrations
from django.utils import timezone

RIGHTS = [f"{verb}_{model}" for model in ("mediacontact", "boilerplate", "coverage") for verb in ("add", "change", "delete", "view")]
RIGHTS += ["view_document", "delete_document"]
TEXTS = {
    "en": "CARECEN, the Central American Resource Center, has stood with immigrants in Los Angeles for more than {years} years: with legal "
    "help, with education, and with a voice for the rights of the community.",
    "es": "CARECEN, el Centro de Recursos Centroamericanos, acompaña desde hace más de {years} años a las personas inmigrantes en Los "
    "Ángeles: con ayuda legal, con educación y con una voz para los derechos de la comunidad.",
}


def give(apps, schema_editor):
    app = apps.get_app_config("releases")
    app.models_module = True  # permissions are made after all migrations otherwise
    create_permissions(app, apps=apps, verbosity=0, using=schema_editor.connection.alias)
    app.models_module = None
    Group, Permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    for group in Group.objects.filter(name="Publishers"):
        group.permissions.add(*Permission.objects.filter(content_type__app_label="releases", codename__in=RIGHTS))
    Boilerplate, history = apps.get_model("releases", "Boilerplate"), apps.get_model("releases", "HistoricalBoilerplate")
    for language, text in TEXTS.items():
        words = {"language": language, "since": date(1983, 1, 1), "text": text}
        row = Boilerplate.objects.create(**words)
        history.objects.create(id=row.pk, **words, history_date=timezone.now(), history_type="+")


class Migration(migrations.Migration):
    dependencies = [("releases", "0020_press")]
    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
