"""The first steps of a new newsroom, as far as the viewer can take them."""

from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from releases.dashboard.viewer import Viewer
from releases.diagnosis.newsroom import read_last_backup
from releases.models import Boilerplate, MediaContact, NewsroomSettings, User
from releases.models.second_factors import has_second_factor
from releases.text.choices import Language


class Step(NamedTuple):
    label: str
    sentence: str
    url: str
    is_done: bool


def get_first_steps(viewer: Viewer) -> list[Step]:
    """Return the steps that the viewer has the rights for, or [] if all of them are done."""
    steps = [*get_newsroom_steps(viewer), *get_account_steps(viewer), *get_backup_steps(viewer)]
    return [] if all(step.is_done for step in steps) else steps


def get_newsroom_steps(viewer: Viewer) -> list[Step]:
    steps = []
    if viewer.user.has_perm("releases.change_newsroomsettings"):
        steps.append(
            Step(
                _("Enter the phone number for legal help"),
                _("Every page for the public offers it."),
                reverse("admin:releases_newsroomsettings_changelist"),
                bool(NewsroomSettings.current().legal_help_phone),
            )
        )
    if viewer.user.has_perm("releases.change_boilerplate"):
        written = Boilerplate.objects.effective_on(viewer.today).exclude(text="").order_by()
        languages = set(written.values_list("language", flat=True).distinct())
        steps.append(
            Step(
                _("Write the text about CARECEN in English and Spanish"),
                _("It ends every release."),
                reverse("admin:releases_boilerplate_changelist"),
                languages >= set(Language.values),
            )
        )
    if viewer.user.has_perm("releases.change_mediacontact"):
        steps.append(
            Step(
                _("Show a media contact on the press page"),
                _("Reporters see there who answers their questions."),
                reverse("admin:releases_mediacontact_changelist"),
                MediaContact.objects.filter(show_on_press_page=True).exists(),
            )
        )
    return steps


def get_account_steps(viewer: Viewer) -> list[Step]:
    steps = []
    if viewer.user.has_perm("releases.add_user"):
        steps.append(
            Step(
                _("Invite your colleagues"),
                _("Each gets an account of their own, by a link that you send."),
                reverse("admin:releases_user_add"),
                User.objects.filter(is_active=True).exclude(pk=viewer.user.pk).exists(),
            )
        )
    if viewer.can_publish:
        steps.append(
            Step(
                _("Turn on your two-step verification"),
                _("Then a stolen password alone opens nothing."),
                f"{reverse('admin:account')}#two-step",
                has_second_factor(viewer.user),
            )
        )
    return steps


def get_backup_steps(viewer: Viewer) -> list[Step]:
    if not viewer.user.is_superuser:
        return []
    try:
        has_backup = read_last_backup() is not None
    except (OSError, ValueError, TypeError, AttributeError):
        has_backup = True  # there is one, and the system checks report that its record can't be read
    return [
        Step(
            _("Have a backup made"),
            _("Ask your server administrator for one every day, and for a copy in another place."),
            reverse("admin:help_page", args=["server"]),
            has_backup,
        )
    ]
