"""Add templates of releases, the permissions for them, and four in each language to begin with."""

import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.contrib.auth.management import create_permissions
from django.db import migrations, models
from django.utils import timezone

ACTIONS_BY_GROUP = {"Writers": ["view"], "Publishers": ["add", "change", "delete", "view"]}

# What is in square brackets has to be filled in. A number in brackets marks a note at the end.
TEMPLATES = [
    {
        "name": "Statement",
        "language": "en",
        "kind": "statement",
        "headline": "CARECEN [welcomes or condemns] [decision or event]",
        "summary": "[Who] [did what] on [day]. CARECEN [position in one sentence].",
        "body": (
            "<blockquote><p>[What this means for families, in one or two sentences.]</p><p>— [Name], [title], CARECEN</p></blockquote>"
            "<p>[Background: what happened before, how many people it affects, and the source of the number.]</p>"
            "<p>CARECEN calls on [whom] to [do what] by [date]. [What CARECEN does next.]</p>"
            "<p>Families with questions can call CARECEN at [phone number], [days and hours].</p>"
        ),
    },
    {
        "name": "Media advisory",
        "language": "en",
        "kind": "media_advisory",
        "headline": "[Who] to [do what] in [place] on [day]",
        "summary": "[Who] will [do what] at [place] on [day and date] to [purpose].",
        "body": (
            "<p>[Enter time, place, speakers and photo opportunities under “Media event”, and delete this line.]</p>"
            "<p>[Why now: the decision, vote or deadline.]</p>"
            "<h2>For reporters</h2>"
            "<ul><li><p>Interviews in English and Spanish with [names and roles].</p></li>"
            "<li><p>[Who must not be photographed or named.]</p></li>"
            "<li><p>[Parking, entrance and where cameras can stand.]</p></li></ul>"
            "<p>Please reply to [email] by [day and time]. [Link of the livestream, if there is one.]</p>"
        ),
    },
    {
        "name": "Service notice",
        "language": "en",
        "kind": "service_notice",
        "headline": "[What to do] by [date]: [program or rule]",
        "summary": "[Who] must [do what] by [date]. [What happens after that day.]",
        "body": (
            "<p>[Enter the last valid day under “Type and expiration”, and delete this line.]</p>"
            "<h2>What changed</h2><p>[One or two sentences, with the source and its date.]</p>"
            "<h2>Who this is for</h2>"
            "<ul><li><p>[Who it applies to]</p></li><li><p>It does not apply to [whom].</p></li></ul>"
            "<h2>What to do</h2>"
            "<ol><li><p>[First step]</p></li><li><p>Bring [documents].</p></li>"
            "<li><p>Do not sign anything that you do not understand, and keep copies.</p></li></ol>"
            "<h2>Where to get help</h2>"
            "<p>Call CARECEN at [phone number], [days and hours]. [What it costs, or that it is free.]</p>"
        ),
    },
    {
        "name": "Coalition letter",
        "language": "en",
        "kind": "press_release",
        "headline": "[Number] organizations urge [recipient] to [main demand]",
        "subhead": "Open letter of [date]",
        "summary": "[Number] organizations, including CARECEN, sent a letter to [recipient] today. It asks for [main demand].",
        "body": (
            "<p>[Name of the recipient], [office]</p><p>Dear [title and name]:</p>"
            "<p>We write on behalf of [communities] about [issue]. [What happened, and since when.][1]</p>"
            "<p>We ask you to:</p>"
            "<ol><li><p>[First demand], by [date].</p></li><li><p>[Second demand].[2]</p></li>"
            "<li><p>[Third demand].</p></li></ol>"
            "<p>[What happens if nothing changes.] We would like to meet with you by [date].</p>"
            "<p>[Tick the organizations under “Signing organizations”, and delete this line. The page lists them.]</p>"
            "<h2>Notes</h2><p>[1] [Author, title, date and link]</p><p>[2] [Author, title, date and link]</p>"
        ),
    },
    {
        "name": "Declaración",
        "language": "es",
        "kind": "statement",
        "headline": "CARECEN [celebra o condena] [la decisión o el hecho]",
        "summary": "[Quién] [hizo qué] el [día]. CARECEN [postura en una frase].",
        "body": (
            "<blockquote><p>[Qué significa esto para las familias, en una o dos frases.]</p><p>— [Nombre], [cargo], CARECEN</p></blockquote>"
            "<p>[Antecedentes: qué pasó antes, a cuántas personas afecta y de dónde viene la cifra.]</p>"
            "<p>CARECEN pide a [quién] que [haga qué] antes del [fecha]. [Qué hará CARECEN ahora.]</p>"
            "<p>Las familias que tengan preguntas pueden llamar a CARECEN al [teléfono], [días y horario].</p>"
        ),
    },
    {
        "name": "Convocatoria de prensa",
        "language": "es",
        "kind": "media_advisory",
        "headline": "[Quién] [hará qué] en [lugar] el [día]",
        "summary": "[Quién] [hará qué] en [lugar] el [día y fecha] para [propósito].",
        "body": (
            "<p>[Anote hora, lugar, participantes y oportunidades para fotos en “Evento para la prensa” y borre esta línea.]</p>"
            "<p>[Por qué ahora: la decisión, la votación o el plazo.]</p>"
            "<h2>Para periodistas</h2>"
            "<ul><li><p>Entrevistas en español e inglés con [nombres y cargos].</p></li>"
            "<li><p>[A quién no se puede fotografiar ni nombrar.]</p></li>"
            "<li><p>[Estacionamiento, entrada y lugar para las cámaras.]</p></li></ul>"
            "<p>Confirme su asistencia a [correo electrónico] antes del [día y hora]. [Enlace de la transmisión en vivo, si la hay.]</p>"
        ),
    },
    {
        "name": "Aviso a la comunidad",
        "language": "es",
        "kind": "service_notice",
        "headline": "[Qué hacer] antes del [fecha]: [programa o regla]",
        "summary": "[Quiénes] deben [hacer qué] antes del [fecha]. [Qué pasa después de ese día.]",
        "body": (
            "<p>[Anote el último día de vigencia en “Tipo y vigencia” y borre esta línea.]</p>"
            "<h2>Qué cambió</h2><p>[Una o dos frases, con la fuente y su fecha.]</p>"
            "<h2>A quién le sirve</h2>"
            "<ul><li><p>[A quién se aplica]</p></li><li><p>No se aplica a [quiénes].</p></li></ul>"
            "<h2>Qué hacer</h2>"
            "<ol><li><p>[Primer paso]</p></li><li><p>Lleve [documentos].</p></li>"
            "<li><p>No firme nada que no entienda y guarde copias.</p></li></ol>"
            "<h2>Dónde pedir ayuda</h2>"
            "<p>Llame a CARECEN al [teléfono], [días y horario]. [Cuánto cuesta, o que es gratis.]</p>"
        ),
    },
    {
        "name": "Carta de coalición",
        "language": "es",
        "kind": "press_release",
        "headline": "[Número] organizaciones piden a [destinatario] que [demanda principal]",
        "subhead": "Carta abierta del [fecha]",
        "summary": "[Número] organizaciones, entre ellas CARECEN, enviaron hoy una carta a [destinatario]. Piden [demanda principal].",
        "body": (
            "<p>[Nombre del destinatario], [cargo]</p><p>[Estimado o Estimada] [título y nombre]:</p>"
            "<p>Le escribimos en nombre de [comunidades] sobre [tema]. [Qué pasó y desde cuándo.][1]</p>"
            "<p>Le pedimos:</p>"
            "<ol><li><p>[Primera demanda], antes del [fecha].</p></li><li><p>[Segunda demanda].[2]</p></li>"
            "<li><p>[Tercera demanda].</p></li></ol>"
            "<p>[Qué pasará si nada cambia.] Quisiéramos reunirnos con usted antes del [fecha].</p>"
            "<p>[Marque las organizaciones en “Organizaciones firmantes” y borre esta línea. La página las enumera.]</p>"
            "<h2>Notas</h2><p>[1] [Quién lo escribió, título, fecha y enlace]</p><p>[2] [Quién lo escribió, título, fecha y enlace]</p>"
        ),
    },
]


def add_permissions(apps, schema_editor):
    # Django creates permissions after all migrations have run; the roles need theirs now.
    app = apps.get_app_config("releases")
    app.models_module = True
    create_permissions(app, apps=apps, verbosity=0, using=schema_editor.connection.alias)
    app.models_module = None

    Group, Permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    for name, actions in ACTIONS_BY_GROUP.items():
        codenames = [f"{action}_releasetemplate" for action in actions]
        permissions = Permission.objects.filter(content_type__app_label="releases", codename__in=codenames)
        for group in Group.objects.filter(name=name):
            group.permissions.add(*permissions)


def delete_permissions(apps, schema_editor):
    apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="releases", codename__endswith="_releasetemplate"
    ).delete()


def create_templates(apps, schema_editor):
    """Create the templates with their first history records, which `restore_releases` can restore."""
    for values in TEMPLATES:
        row = apps.get_model("releases", "ReleaseTemplate").objects.create(**values)
        fields = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
        apps.get_model("releases", "HistoricalReleaseTemplate").objects.create(
            **fields, history_date=timezone.now(), history_type="+"
        )


class Migration(migrations.Migration):
    dependencies = [
        ("releases", "0015_initial_word_lists"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReleaseTemplate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="What the text is for, such as “Coalition letter”.",
                        max_length=100,
                        verbose_name="name",
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("es", "Spanish")],
                        default="en",
                        max_length=2,
                        verbose_name="language",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("press_release", "Press release"),
                            ("statement", "Statement"),
                            ("media_advisory", "Media advisory"),
                            ("service_notice", "Service notice"),
                        ],
                        default="press_release",
                        max_length=20,
                        verbose_name="type",
                    ),
                ),
                (
                    "headline",
                    models.CharField(
                        blank=True,
                        help_text="Put what must be filled in each time in square brackets: [date], [name of the court].",
                        max_length=300,
                        verbose_name="headline",
                    ),
                ),
                ("subhead", models.CharField(blank=True, max_length=300, verbose_name="subhead")),
                ("summary", models.TextField(blank=True, verbose_name="summary")),
                (
                    "body",
                    models.TextField(
                        blank=True,
                        help_text="Headings, lists, numbered demands and marks of notes, such as [1], are copied too.",
                        verbose_name="body",
                    ),
                ),
            ],
            options={
                "verbose_name": "template",
                "verbose_name_plural": "templates",
                "ordering": ["language", "name"],
            },
        ),
        migrations.CreateModel(
            name="HistoricalReleaseTemplate",
            fields=[
                (
                    "id",
                    models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID"),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="What the text is for, such as “Coalition letter”.",
                        max_length=100,
                        verbose_name="name",
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("es", "Spanish")],
                        default="en",
                        max_length=2,
                        verbose_name="language",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("press_release", "Press release"),
                            ("statement", "Statement"),
                            ("media_advisory", "Media advisory"),
                            ("service_notice", "Service notice"),
                        ],
                        default="press_release",
                        max_length=20,
                        verbose_name="type",
                    ),
                ),
                (
                    "headline",
                    models.CharField(
                        blank=True,
                        help_text="Put what must be filled in each time in square brackets: [date], [name of the court].",
                        max_length=300,
                        verbose_name="headline",
                    ),
                ),
                ("subhead", models.CharField(blank=True, max_length=300, verbose_name="subhead")),
                ("summary", models.TextField(blank=True, verbose_name="summary")),
                (
                    "body",
                    models.TextField(
                        blank=True,
                        help_text="Headings, lists, numbered demands and marks of notes, such as [1], are copied too.",
                        verbose_name="body",
                    ),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical template",
                "verbose_name_plural": "historical templates",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.RunPython(add_permissions, delete_permissions),
        migrations.RunPython(create_templates, migrations.RunPython.noop),
    ]
