"""Create the first entries of the word lists, and let publishers change them."""

from django.contrib.auth.management import create_permissions
from django.db import migrations
from django.utils import timezone

NAMES = [
    "Arévalo",
    "Grijalva",
    "McCarthy",
    "McConnell",
    "McFarland",
    "McAllen",
    "Guantánamo",
    "Nayib Bukele",
    "CHIRLA",
]
# Acronym, English name, Spanish name, languages in which it is also an ordinary word.
ACRONYMS = [
    ("ACLU", "American Civil Liberties Union", "Unión Estadounidense por las Libertades Civiles", ""),
    ("CARECEN", "", "", "es"),
    ("CBP", "U.S. Customs and Border Protection", "Oficina de Aduanas y Protección Fronteriza", ""),
    (
        "DACA",
        "Deferred Action for Childhood Arrivals",
        "Acción Diferida para los Llegados en la Infancia",
        "",
    ),
    (
        "DAPA",
        "Deferred Action for Parents of Americans",
        "Acción Diferida para Padres de Estadounidenses",
        "",
    ),
    ("DED", "Deferred Enforced Departure", "Salida Obligatoria Diferida", ""),
    ("DHS", "Department of Homeland Security", "Departamento de Seguridad Nacional", ""),
    (
        "EOIR",
        "Executive Office for Immigration Review",
        "Oficina Ejecutiva de Revisión de Casos de Inmigración",
        "",
    ),
    ("ICE", "Immigration and Customs Enforcement", "Servicio de Inmigración y Control de Aduanas", "en es"),
    ("TPS", "Temporary Protected Status", "Estatus de Protección Temporal", ""),
    ("USCIS", "U.S. Citizenship and Immigration Services", "Servicio de Ciudadanía e Inmigración", ""),
    ("VAWA", "Violence Against Women Act", "Ley de Violencia contra la Mujer", ""),
]
# Term to avoid, preferred English term, preferred Spanish term.
AVOIDED = [
    ("illegal immigrant", "undocumented immigrant", ""),
    ("illegal immigrants", "undocumented immigrants", ""),
    ("illegal alien", "undocumented immigrant", ""),
    ("illegal aliens", "undocumented immigrants", ""),
    ("illegals", "undocumented immigrants", ""),
    ("catch and release", "release while a case is pending", ""),
    ("chain migration", "family-based immigration", ""),
    ("anchor baby", "child born in the United States", ""),
    ("anchor babies", "children born in the United States", ""),
    ("inmigrante ilegal", "", "inmigrante indocumentado"),
    ("inmigrantes ilegales", "", "inmigrantes indocumentados"),
    ("los ilegales", "", "las personas indocumentadas"),
    ("extranjero ilegal", "", "persona indocumentada"),
    ("extranjeros ilegales", "", "personas indocumentadas"),
]
GLOSSARY = [
    ("asylum seeker", "solicitante de asilo"),
    ("asylum seekers", "solicitantes de asilo"),
    ("background check", "revisión de antecedentes"),
    ("border wall", "muro fronterizo"),
    ("continuing resolution", "resolución de presupuesto provisional"),
    ("court hearing", "audiencia en la corte"),
    ("deadline", "fecha límite, plazo"),
    ("deportation", "deportación"),
    ("detention center", "centro de detención"),
    ("executive action", "acción ejecutiva"),
    ("executive order", "orden ejecutiva"),
    ("fee waiver", "exención de tarifa"),
    ("filing fee", "tarifa de solicitud"),
    ("green card", "tarjeta de residencia, tarjeta verde"),
    ("immigration court", "corte de inmigración"),
    ("immigration reform", "reforma migratoria"),
    ("injunction", "medida cautelar, orden judicial"),
    ("know your rights", "conozca sus derechos"),
    ("lawsuit", "demanda"),
    ("legal help", "ayuda legal"),
    ("mixed-status families", "familias de estatus mixto"),
    ("naturalization", "naturalización"),
    ("parole", "permiso humanitario, parole"),
    ("policy", "política"),
    ("press conference", "conferencia de prensa"),
    ("raid", "redada"),
    ("raids", "redadas"),
    ("refugee", "persona refugiada, refugiado, refugiada"),
    ("removal proceedings", "proceso de deportación"),
    ("renewal", "renovación"),
    ("ruling", "fallo, decisión"),
    ("stay of removal", "suspensión de la deportación"),
    ("Supreme Court", "Corte Suprema"),
    ("U.S. citizen", "ciudadano estadounidense, ciudadana estadounidense"),
    ("unaccompanied children", "niños no acompañados, menores no acompañados"),
    ("undocumented", "indocumentado, indocumentada, indocumentados, indocumentadas"),
    ("work permit", "permiso de trabajo"),
    ("work permits", "permisos de trabajo"),
]
PERMISSIONS = {"Writers": ["view"], "Publishers": ["view", "add", "change", "delete"]}


def create_entries(apps, schema_editor):
    """Create the entries with their first history records, which `restore_releases` can restore."""
    rows = [{"type": "name", "term": name} for name in NAMES]
    rows += [
        {"type": "acronym", "term": term, "english": english, "spanish": spanish, "ordinary_in": ordinary_in}
        for term, english, spanish, ordinary_in in ACRONYMS
    ]
    rows += [
        {"type": "avoided", "term": term, "english": english, "spanish": spanish}
        for term, english, spanish in AVOIDED
    ]
    rows += [{"type": "glossary", "english": english, "spanish": spanish} for english, spanish in GLOSSARY]
    model, history = (
        apps.get_model("releases", "WordListEntry"),
        apps.get_model("releases", "HistoricalWordListEntry"),
    )
    for values in rows:
        row = model.objects.create(**values)
        fields = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
        history.objects.create(**fields, history_date=timezone.now(), history_type="+")


def give_permissions(apps, schema_editor):
    # Django creates permissions after all migrations have run; the roles need theirs now.
    app = apps.get_app_config("releases")
    app.models_module = True
    create_permissions(app, apps=apps, verbosity=0, using=schema_editor.connection.alias)
    app.models_module = None
    Group, Permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    for name, actions in PERMISSIONS.items():
        for group in Group.objects.filter(name=name):
            group.permissions.add(
                *Permission.objects.filter(
                    content_type__app_label="releases",
                    codename__in=[f"{action}_wordlistentry" for action in actions],
                )
            )


class Migration(migrations.Migration):
    dependencies = [("releases", "0014_press_check")]
    operations = [
        migrations.RunPython(create_entries, migrations.RunPython.noop),
        migrations.RunPython(give_permissions, migrations.RunPython.noop),
    ]
