"""Measure the processor time of the pages of the desk, in the process."""

import time

from benchmarks.table import Row

TARGET_MS = 150.0


def measure_desk(rounds: int) -> list[Row]:
    """Open each page once per round, and return a row for each with the milliseconds of processor time.

    The database must have releases, drafts among them. Adds an account.
    """
    from django.conf import settings
    from django.test import Client, override_settings

    from releases.models import Release, Topic, User

    user = User.objects.create(username="desk-benchmark", is_staff=True, is_superuser=True, language="en")
    public = Release.objects.published().newest_first()[0]
    draft = Release(headline="A draft", summary="A summary.", language="en", author=user, changed_by=user)
    draft.save()
    releases = "/admin/releases/release/"
    pages = {
        "dashboard": "/admin/",
        "list of releases": releases,
        "list, sorted and filtered": f"{releases}?state=public&year={public.date.year}",
        "list, searched": f"{releases}?q=families",
        "list, only in one language": f"{releases}?other=waiting",
        "list, last page": f"{releases}?p={Release.objects.count() // 50}",
        "search in all": "/admin/search/?q=families",
        "form of a release": f"{releases}{public.pk}/change/",
        "publish page": f"{releases}{draft.pk}/publish/",
        "topic": f"/admin/releases/topic/{Topic.objects.order_by('pk')[0].pk}/change/",
        "people": "/admin/releases/user/",
    }
    rows = []
    # Names of static files without a digest: the benchmark does not collect them.
    storages = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    with override_settings(ALLOWED_HOSTS=["testserver"], SECURE_SSL_REDIRECT=False, STORAGES=storages):
        client = Client()
        client.force_login(user)
        for label, path in pages.items():
            times = []
            for _round in range(rounds + 1):  # the first one compiles the template
                started = time.process_time()
                response = client.get(path)
                times.append((time.process_time() - started) * 1000)
                assert response.status_code == 200, (path, response.status_code)
            rows.append(Row(f"desk: {label}", times[1:], TARGET_MS, "ms CPU"))
    return rows
