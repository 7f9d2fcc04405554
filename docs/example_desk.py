"""Fill a newsroom that has the sample releases with work in progress, for screenshots of the desk.

The people are invented. Run it with the DATA_DIR of the newsroom. It prints as JSON the passwords of three
accounts, two of them managers, and the primary keys of what the screenshots show.
"""

import json
import os
import uuid
from datetime import timedelta
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "carecen_news.settings")
django.setup()

from django.utils import timezone  # noqa: E402

from docs.example_pictures import make_photo_file  # noqa: E402
from releases.accounts.passwords import generate_password  # noqa: E402
from releases.actions.autosaves import autosave  # noqa: E402
from releases.actions.photos import add_photo, set_photos  # noqa: E402
from releases.actions.publication import publish  # noqa: E402
from releases.actions.reviews import request_review  # noqa: E402
from releases.actions.revisions import save_revision  # noqa: E402
from releases.models import MediaContact, Release, Topic, User  # noqa: E402
from releases.text import localtime  # noqa: E402
from releases.text.choices import Kind  # noqa: E402


def main() -> None:
    passwords = {name: generate_password() for name in ("ines", "luis", "rosa")}
    manager = make_account("ines", "manager", "en", "Inés", "Paz", passwords["ines"])
    make_account("luis", "manager", "es", "Luis", "Mejía", passwords["luis"])
    writer = make_account("rosa", "writer", "es", "Rosa", "Melgar", passwords["rosa"])
    print(json.dumps(passwords | fill(manager, writer)))


def make_account(name: str, role: str, language: str, first: str, last: str, password: str) -> User:
    user = User(
        username=name,
        first_name=first,
        last_name=last,
        email=f"{name}@example.org",
        language=language,
        is_staff=True,
    )
    user.set_password(password)
    user.save()
    user.set_role(role)
    user.save()
    return user


def fill(manager: User, writer: User) -> dict[str, int]:
    """Add a review, an autosave, an embargo, an event, a notice and a change. Return their primary keys."""
    now = timezone.now()
    MediaContact.objects.create(
        name="Inés Paz", role="Communications", phone="213-555-0142", show_on_press_page=True
    )
    topics = list(Topic.objects.all()[:3])
    clinic = make_release(
        writer,
        "Free legal clinic marks ten years in Pico-Union",
        "The clinic has advised 4,000 families since 2016. On Saturday it opens a second room.",
        topics[:2],
    )
    photo = add_photo(make_photo_file(0), user=writer)
    entry = {"photo": photo.pk, "alt": "", "caption": "", "credit": "Rosa Melgar"}
    set_photos(clinic, user=writer, photos=[entry | {"alt": "Colored houses in a street of Pico-Union."}])
    fair = make_release(writer, "Citizenship fair on Saturday", "Volunteers help with the form.", topics[:1])
    set_photos(fair, user=writer, photos=[entry])
    request_review(clinic, user=writer, text="Please check the number of families.")
    autosave(user=writer, data={"headline": "Statement on the ruling"}, sequence=1, client_id=uuid.uuid4())
    advisory = make_release(
        manager,
        "Press conference on the naturalization fee",
        "Lawyers and families speak about the new fee.",
        topics[2:],
        kind=Kind.MEDIA_ADVISORY,
        event_at=now + timedelta(days=2),
        event_place="CARECEN, 2845 W. 7th St., Los Angeles",
        event_who="Inés Paz, communications\nRosa Melgar, clinic",
    )
    publish(advisory, user=manager, at=now + timedelta(days=1), is_embargoed=True)
    notice = make_release(
        manager,
        "TPS de El Salvador: plazo para renovar",
        "Las personas con TPS deben renovar antes de la fecha límite.",
        topics[:1],
        language="es",
        dateline="Los Ángeles",
        kind=Kind.SERVICE_NOTICE,
        valid_until=localtime.local_date(now) + timedelta(days=4),
    )
    publish(notice, user=manager)
    public = Release.objects.published().in_language("en").newest_first()[0]
    content = public.content() | {"summary": f"{public.summary} The office answers questions by phone."}
    save_revision(public, user=writer, content=content, topic_ids=[topic.pk for topic in public.topics])
    return {"draft": clinic.pk, "public": public.pk, "topic": topics[0].pk, "colleague": writer.pk}


def make_release(user: User, headline: str, summary: str, topics: list[Topic], **fields: Any) -> Release:
    body = "<p>“We are here for every family that needs us,” said Inés Paz.</p>"
    texts = {"headline": headline, "summary": summary, "body": body}
    release = Release(**texts | {"language": "en", "dateline": "Los Angeles"} | fields)
    release.author = release.changed_by = user
    release.save()
    release.tags.set(topics)
    return release


if __name__ == "__main__":
    main()
