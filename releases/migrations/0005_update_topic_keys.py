"""Update the keys of topics whose names contain signs: “C” and “C++” are two topics now."""

from django.db import migrations

from releases.text.slugs import topic_key


def update_keys(apps, schema_editor):
    for topic in apps.get_model("releases", "Topic").objects.all():
        keys = topic_key(topic.name)[:100], topic_key(topic.name_es)[:100]
        if keys != (topic.key, topic.key_es):
            topic.key, topic.key_es = keys
            topic.save(update_fields=["key", "key_es"])


class Migration(migrations.Migration):
    dependencies = [
        ("releases", "0004_release_creation_key"),
    ]

    operations = [migrations.RunPython(update_keys, migrations.RunPython.noop)]
