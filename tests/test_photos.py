"""Photos from the desk to the public: who may see a file, when, and what is lost by nothing."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from releases import publishing
from releases.models import Photo, Release, WorkingCopy
from releases.publishing import Refusal
from tests import pictures
from tests.admin import LIST, form_of
from tests.builders import make_draft, make_photo, make_release, make_scheduled, make_withdrawn, shown

pytestmark = pytest.mark.django_db


def file_of(photo, file="480.webp"):
    return f"/photos/{photo.name}/{file}"


def status(url):
    return Client().get(url).status_code


def sent(*files, **words):
    return {
        "photo-TOTAL_FORMS": 0,
        "document-TOTAL_FORMS": 0,
        "document-INITIAL_FORMS": 0,
        "photo-INITIAL_FORMS": 0,
        "pictures": [SimpleUploadedFile(name, content) for name, content in files],
    } | words


PNG = pictures.saved(pictures.scene(100, 60), "PNG")


# --- Who may see a file


@pytest.mark.parametrize("file", ["480.webp", "480.avif", "480.jpg", "600.webp", "full.jpg"])
def test_every_file_of_a_public_photo_is_there_in_its_own_type(client, file):
    photo = make_photo()
    make_release(photos=[shown(photo)])
    response = client.get(file_of(photo, file))
    assert response.status_code == 200
    assert response["Content-Type"] == {"webp": "image/webp", "avif": "image/avif", "jpg": "image/jpeg"}[file.rpartition(".")[2]]
    assert not response.cookies
    assert "Last-Modified" not in response


@pytest.mark.parametrize("make", [make_draft, make_scheduled, make_withdrawn])
def test_no_file_of_a_hidden_release_is_there(make):
    photo = make_photo()
    make(photos=[shown(photo)])
    assert {status(file_of(photo, file)) for file in photo.files} == {404}


@pytest.mark.parametrize("file", ["481.webp", "original.jpg", "..", "full.png", "480.gif", "480.webp%00"])
def test_no_other_file_is_there(file):
    photo = make_photo()
    make_release(photos=[shown(photo)])
    assert status(file_of(photo, file)) in (400, 404)


def test_a_withdrawal_is_in_force_with_the_next_request_also_for_who_has_the_file(client, publisher):
    photo = make_photo()
    release = make_release(photos=[shown(photo)])
    first = client.get(file_of(photo))
    again = client.get(file_of(photo), headers={"If-None-Match": first["ETag"]})
    assert (first["Cache-Control"], again.status_code) == ("no-cache", 304)
    publishing.withdraw(release, by=publisher)
    assert client.get(file_of(photo), headers={"If-None-Match": first["ETag"]}).status_code == 404
    assert client.get(f"{release.get_absolute_url()}photos.zip").status_code == 404


def test_a_photo_of_two_releases_stays_while_one_is_public(publisher):
    photo = make_photo()
    one, other = make_release(photos=[shown(photo)]), make_release(photos=[shown(photo)], language="es")
    publishing.withdraw(one, by=publisher)
    assert status(file_of(photo)) == 200
    publishing.withdraw(other, by=publisher)
    assert status(file_of(photo)) == 404


def test_a_photo_of_the_next_text_waits_for_it(publisher):
    photo, release = make_photo(), make_release()
    publishing.set_photos(release, by=publisher, photos=[shown(photo)])
    assert (Release.objects.get().photos, status(file_of(photo))) == ([], 404)
    publishing.publish_change(release, by=publisher, kind="update", note="A photo.")
    assert (Release.objects.get().photos, status(file_of(photo))) == ([shown(photo)], 200)


def test_what_stands_on_a_shelf_for_the_press_is_public():
    assert status(file_of(make_photo(shelf="logo"))) == 200
    assert status(file_of(make_photo())) == 404


def test_a_deleted_photo_takes_its_files_with_it(client, django_capture_on_commit_callbacks):
    photo = make_photo()
    release = make_release(photos=[shown(photo)], body=f"<p>Before.</p><p>[photo {photo.pk}]</p>")
    with django_capture_on_commit_callbacks(execute=True):
        photo.delete()
    assert not default_storage.exists(f"{photo.folder}/480.webp")
    page = client.get(release.get_absolute_url()).content.decode()
    assert "<figure" not in page
    assert "[photo" not in page


# --- Before it is public


def test_the_desk_and_the_person_of_a_link_see_photos_nobody_else_sees(desk, publisher):
    photo, other = make_photo(), make_photo()
    draft = make_draft(photos=[shown(photo)])
    make_draft(photos=[shown(other)])
    assert desk.get(f"/admin/releases/photo/files/{photo.name}/480.webp").status_code == 200
    assert f"/admin/releases/photo/files/{photo.name}/480.webp" in desk.get(f"{LIST}{draft.pk}/preview/").content.decode()
    link, secret = publishing.make_link(draft, by=publisher, label="Ana Paz", kind="reporter", hours=24)
    reader = Client()
    reader.post(f"/preview/{secret}/")
    base = f"/preview/read/{link.reference}/photos/"
    assert f"{base}{photo.name}/480.webp" in reader.get(f"/preview/read/{link.reference}/").content.decode()
    answer = reader.get(f"{base}{photo.name}/480.webp")
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    assert reader.get(f"{base}{other.name}/480.webp").status_code == 404
    assert Client().get(f"{base}{photo.name}/480.webp").status_code == 404
    publishing.revoke_link(link, by=publisher)
    assert reader.get(f"{base}{photo.name}/480.webp").status_code == 404


# --- On the page


def test_a_photo_stands_where_the_text_places_it_and_the_others_below(client):
    first, second = make_photo(), make_photo()
    body = f"<p>Before.</p><p>[photo {second.pk}]</p><p>After.</p>"
    release = make_release(photos=[shown(first, caption="One."), shown(second, caption="Two.", credit="Ana")], body=body)
    page = client.get(release.get_absolute_url()).content.decode()
    assert page.index("Before.") < page.index("Two.") < page.index("After.") < page.index("One.")
    assert "Photo: Ana" in page
    assert "[photo" not in page
    assert page.count("<figure") == 2
    assert f'property="og:image" content="http://127.0.0.1:8000{first.url("600.jpg")}"' in page


def test_the_words_of_a_place_are_no_words_of_the_text(client):
    photo = make_photo()
    release = make_release(photos=[shown(photo)], body=f"<p>Before.</p><p>[photo {photo.pk}]</p>")
    assert "[photo" not in client.get("/feed/").content.decode()
    assert release.get_absolute_url() not in client.get(f"/search/?q=photo+{photo.pk}").content.decode()


def test_decoration_says_nothing(client):
    release = make_release(photos=[shown(make_photo(), alt="x", is_decorative=True)])
    assert ' alt=""' in client.get(release.get_absolute_url()).content.decode()


def test_all_photos_come_in_one_file_with_their_words(client):
    release = make_release(slug="a-day", photos=[shown(make_photo(), caption="One.", credit="Ana"), shown(make_photo())])
    response = client.get(f"{release.get_absolute_url()}photos.zip")
    assert response["Content-Disposition"] == 'attachment; filename="a-day.zip"'
    again = client.get(f"{release.get_absolute_url()}photos.zip", headers={"If-None-Match": response["ETag"]})
    assert (again.status_code, client.head(f"{release.get_absolute_url()}photos.zip").status_code) == (304, 200)
    with ZipFile(BytesIO(response.getvalue())) as archive:
        assert archive.namelist() == ["a-day-1.jpg", "a-day-2.jpg", "a-day.txt"]
        assert "Photo: Ana" in archive.read("a-day.txt").decode()
    assert f"{release.get_absolute_url()}photos.zip" in client.get(release.get_absolute_url()).content.decode()
    assert client.get(f"{make_release().get_absolute_url()}photos.zip").status_code == 404


# --- At the desk


def test_a_photo_chosen_is_kept_whatever_is_wrong_beside_it(desk):
    draft = make_draft()
    page = desk.post(f"{LIST}{draft.pk}/photos/", sent(("one.png", PNG), ("two.txt", b"no picture"), ("three.png", PNG))).content.decode()
    draft.refresh_from_db()
    assert len(draft.photos) == Photo.objects.count() == 2
    assert "two.txt: This is no picture that can be shown." in page
    assert page.count('class="module described"') == 2


def test_a_photo_that_came_meanwhile_is_not_taken_out(desk):
    draft, late = make_draft(), make_photo()
    desk.get(f"{LIST}{draft.pk}/photos/")
    draft.photos = [shown(late)]
    draft.save()
    desk.post(f"{LIST}{draft.pk}/photos/", sent(("one.png", PNG)))
    draft.refresh_from_db()
    assert draft.photos[0]["photo"] == late.pk
    assert len(draft.photos) == 2


def words(*photos, **changes):
    form = {"photo-TOTAL_FORMS": len(photos), "photo-INITIAL_FORMS": len(photos), "document-TOTAL_FORMS": 0, "document-INITIAL_FORMS": 0}
    for number, photo in enumerate(photos):
        said = {"photo": photo.pk, "alt": f"Alt {number}", "place": number + 1} | changes.get(f"of_{number}", {})
        form |= {f"photo-{number}-{name}": value for name, value in said.items()}
    return form


def test_what_is_said_of_photos_is_saved_in_the_order_that_was_chosen(desk):
    one, two, three = make_photo(), make_photo(), make_photo()
    draft = make_draft(photos=[shown(one), shown(two), shown(three)])
    changes = {"of_0": {"place": 9, "consent": "Her mother agreed."}, "of_1": {"take_out": "on"}, "of_2": {"caption": "  C\x07 \n d "}}
    desk.post(f"{LIST}{draft.pk}/photos/", words(one, two, three, **changes) | {"opened": draft.opened_as})
    draft.refresh_from_db()
    assert [(said["photo"], said["alt"], said["caption"]) for said in draft.photos] == [(three.pk, "Alt 2", "C d"), (one.pk, "Alt 0", "")]
    one.refresh_from_db()
    assert one.consent == "Her mother agreed."


def test_words_over_a_newer_version_are_not_saved_before_both_were_seen(desk):
    one = make_photo()
    draft = make_draft(photos=[shown(one)])
    opened = draft.opened_as
    draft.photos = [shown(one, alt="Quetzal.")]
    draft.save()
    mine = words(one, of_0={"alt": "Mine."})
    page = desk.post(f"{LIST}{draft.pk}/photos/", mine | {"opened": opened}).content.decode()
    draft.refresh_from_db()
    assert draft.photos[0]["alt"] == "Quetzal."
    assert "Someone saved this release since you opened this page." in page
    assert "Quetzal" in page.split("Two texts of one release")[1].split("<form")[0]
    assert 'name="photo-0-alt"' in page
    desk.post(f"{LIST}{draft.pk}/photos/", mine | {"opened": draft.opened_as})
    draft.refresh_from_db()
    assert draft.photos[0]["alt"] == "Mine."


def test_too_many_words_are_named_and_nothing_is_lost(desk):
    one = make_photo()
    draft = make_draft(photos=[shown(one)])
    form = words(one, of_0={"alt": "x" * 301}) | sent(("two.png", PNG)) | {"photo-TOTAL_FORMS": 1, "photo-INITIAL_FORMS": 1}
    page = desk.post(f"{LIST}{draft.pk}/photos/", form).content.decode()
    draft.refresh_from_db()
    assert len(draft.photos) == 2
    assert "x" * 301 in page
    assert "at most 300 characters" in page


def test_saving_the_text_leaves_the_photos_alone(desk, publisher):
    photo = make_photo()
    draft = make_draft(photos=[shown(photo)])
    desk.post(f"{LIST}{draft.pk}/change/", form_of(draft, summary="New.") | {"opened": draft.opened_as})
    draft.refresh_from_db()
    assert (draft.summary, draft.photos) == ("New.", [shown(photo)])
    release = make_release()
    publishing.set_photos(release, by=publisher, photos=[shown(photo)])
    release = Release.objects.get(pk=release.pk)
    desk.post(f"{LIST}{release.pk}/change/", form_of(release, summary="New.") | {"opened": release.opened_as})
    copy = WorkingCopy.objects.get()
    assert (copy.contents["summary"], copy.contents["photos"]) == ("New.", [shown(photo)])


# --- Publishing


@pytest.mark.parametrize("alt", ["", "IMG_2041.jpg", "photo", "DSC 0012", "WhatsApp Image 2026-01-02 at 10.11.12.jpeg"])
def test_nothing_is_published_with_a_photo_that_says_nothing(publisher, alt):
    draft = make_draft(photos=[shown(make_photo(), alt=alt)])
    with pytest.raises(Refusal, match="cannot see it"):
        publishing.publish(draft, by=publisher)
    release = make_release()
    publishing.set_photos(release, by=publisher, photos=[shown(make_photo(), alt=alt)])
    with pytest.raises(Refusal, match="cannot see it"):
        publishing.publish_change(release, by=publisher, kind="typo")


def test_decoration_needs_no_words(publisher):
    draft = make_draft(photos=[shown(make_photo(), alt="", is_decorative=True)])
    publishing.publish(draft, by=publisher)
    assert draft.is_public(timezone.now())


def test_a_name_is_removed_from_captions_everywhere(publisher, client):
    photo = make_photo(label="Rosa Melgar")
    release = make_release(photos=[shown(photo, caption="Rosa Melgar speaks.", alt="Rosa Melgar")])
    publishing.set_photos(release, by=publisher, photos=[shown(photo, caption="Rosa Melgar and others.")])
    publishing.erase("Rosa Melgar", by=publisher)
    release.refresh_from_db()
    photo.refresh_from_db()
    copy = WorkingCopy.objects.get()
    kept = [release.photos, photo.label, copy.contents, *release.history.values(), *photo.history.values(), *copy.history.values()]
    assert "Melgar" not in str(kept)
    assert [one["photo"] for one in release.photos] == [photo.pk]
    assert "text removed" in client.get(release.get_absolute_url()).content.decode()


def test_two_who_add_photos_at_once_both_keep_theirs(desk, monkeypatch):
    draft, late = make_draft(), make_photo()
    add = publishing.add_photo

    def slowly(file, *, by):
        release = Release.objects.get()
        publishing.set_photos(release, by=by, more_photos=[shown(late)])
        return add(file, by=by)

    monkeypatch.setattr("releases.admin.photos.publishing.add_photo", slowly)
    desk.post(f"{LIST}{draft.pk}/photos/", sent(("one.png", PNG)))
    draft.refresh_from_db()
    assert len(draft.photos) == 2
    assert draft.photos[0]["photo"] == late.pk


def test_an_empty_file_takes_no_other_with_it(desk):
    draft = make_draft()
    page = desk.post(f"{LIST}{draft.pk}/photos/", sent(("one.png", PNG), ("empty.png", b""))).content.decode()
    draft.refresh_from_db()
    assert len(draft.photos) == 1
    assert "empty.png: " in page


def test_a_consent_is_kept_with_its_history_and_never_written_over_unseen(desk, publisher):
    one, other = make_photo(), make_photo(shelf="portrait", consent="Agreed in writing.")
    draft = make_draft(photos=[shown(one)])
    said = words(one, of_0={"consent": "Her mother agreed."}) | {"opened": draft.opened_as}
    desk.post(f"{LIST}{draft.pk}/photos/", said)
    one.refresh_from_db()
    assert [record.consent for record in one.history.all()] == ["Her mother agreed.", ""]
    assert one.history.first().history_user == publisher
    draft.refresh_from_db()
    page = desk.post(f"{LIST}{draft.pk}/photos/", said | {"opened": draft.opened_as, "photo-0-consent": "Mine."}, follow=True)
    one.refresh_from_db()
    assert one.consent == "Her mother agreed."
    assert "Mine." in page.content.decode()
    draft.refresh_from_db()
    desk.post(f"{LIST}{draft.pk}/photos/", words(other, of_0={"consent": ""}) | {"opened": draft.opened_as})
    other.refresh_from_db()
    assert other.consent == "Agreed in writing."


def test_a_photo_that_was_deleted_holds_nothing_up(publisher):
    photo = make_photo()
    draft = make_draft(photos=[shown(photo, alt="")])
    photo.delete()
    publishing.publish(draft, by=publisher)
    assert draft.is_public()


def test_a_scheduled_release_takes_nothing_that_says_nothing(publisher):
    release = make_scheduled()
    with pytest.raises(Refusal, match="cannot see it"):
        publishing.set_photos(release, by=publisher, more_photos=[shown(make_photo(), alt="")])
    publishing.set_photos(release, by=publisher, more_photos=[shown(make_photo())])
    assert len(release.photos) == 1
