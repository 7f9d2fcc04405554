"""Fields of the release form that add a topic, organizations or a media contact to the newsroom."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from releases.actions.topics import lock_topics
from releases.models import MediaContact, Organization, Topic, organization_key
from releases.models.organizations import MAX_NAME_LENGTH
from releases.text.choices import Language
from releases.text.cleaning import clean_line

# Of a new contact, in fields with the prefix new_contact_.
CONTACT_FIELDS = ("name", "role", "phone", "email")
# CARECEN always signs, also if its name is in a pasted list.
OWN_KEYS = {"carecen", "carecenla", "carecenlosangeles"}


class AdditionsForm(forms.Form):
    """Adds what was typed in place when the release is saved.

    New topics have fields of their own, because each needs a name in both languages.
    """

    instance: Any

    new_topic = forms.CharField(
        label=_("New topic: name in English"),
        max_length=100,
        required=False,
        help_text=_("Only if no topic above fits. It is selected for this release when you save."),
    )
    new_topic_es = forms.CharField(
        label=_("New topic: name in Spanish"),
        max_length=100,
        required=False,
        help_text=_("If Spanish uses the same word, enter it again: DACA, DACA."),
    )

    new_signers = forms.CharField(
        label=_("More organizations"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "Enter or paste names, one per line. Those that aren't above are added to the newsroom's "
            "organizations when you save."
        ),
    )

    new_contact_name = forms.CharField(
        label=_("Name of a new contact"),
        max_length=100,
        required=False,
        help_text=_("Added to the newsroom's media contacts and to this release when you save."),
    )
    new_contact_role = forms.CharField(
        label=_("Role, like “Director of Communications”"), max_length=100, required=False
    )
    new_contact_phone = forms.CharField(
        label=_("Phone"), max_length=40, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    new_contact_email = forms.EmailField(label=_("Email"), required=False)

    def prepare_additions(self, cleaned: dict[str, Any]) -> None:
        """Validate the new topic and the new contact. `cleaned` is the cleaned data of the whole form."""
        self._make_contact({field: cleaned.get(f"new_contact_{field}") or "" for field in CONTACT_FIELDS})
        names = {field: cleaned.get(field, "") for field in ("new_topic", "new_topic_es")}
        if all(names.values()):
            self._make_topic(names["new_topic"], names["new_topic_es"])
        elif any(names.values()):
            empty = next(field for field, name in names.items() if not name)
            self.add_error(empty, _("Enter the name in both languages. It can be the same word."))

    def clean_new_signers(self) -> list[Organization]:
        """Return the organizations on the lines. Those that don't exist yet aren't saved."""
        known, found = Organization.objects.by_key(), dict[str, Organization]()
        for line in self.cleaned_data["new_signers"].splitlines():
            name = clean_line(line).strip("•·*–—- ")
            key = organization_key(name)
            if len(name) > MAX_NAME_LENGTH:
                raise ValidationError(
                    _("“%(name)s…” is too long for a name. Enter one organization per line."),
                    params={"name": name[:60]},
                )
            if name and key not in OWN_KEYS:
                found.setdefault(key, known.get(key) or Organization(name=name))
        return list(found.values())

    def _make_topic(self, name: str, name_es: str) -> None:
        topic = Topic(name=name, name_es=name_es)
        try:
            topic.full_clean(exclude=["slug", "slug_es", "key", "key_es"])
        except ValidationError as exc:
            fields = {"name": "new_topic", "name_es": "new_topic_es"}
            for field, messages in exc.message_dict.items():
                for message in messages:
                    self.add_error(fields.get(field), message)
        else:
            self.cleaned_topic = topic

    def _make_contact(self, values: dict[str, str]) -> None:
        """Prepare the contact that was typed in place, if any."""
        if not any(values.values()):
            return
        is_spanish = self.cleaned_data.get("language") == Language.SPANISH
        roles = {"role": "", "role_es": values["role"]} if is_spanish else {}
        contact = MediaContact(**values | roles)
        try:
            contact.full_clean()
        except ValidationError as exc:
            for field, messages in exc.message_dict.items():
                name = {"role_es": "role", "__all__": "phone"}.get(field, field)
                for message in messages:
                    self.add_error(f"new_contact_{name}", message)
        else:
            self.cleaned_contact = contact

    def add_new_contact(self) -> None:
        """Save the contact that was typed in place, and add it to those of the release."""
        if contact := getattr(self, "cleaned_contact", None):
            contact.save()
            self.instance.contacts = [*self.instance.contacts, contact.pk]

    def get_topics(self) -> list[Topic]:
        """Save the new topic, if there is one, and return it with the ticked topics, locked.

        A topic that was merged since the form was sent is replaced.
        """
        topics = lock_topics(list(self.cleaned_data["tags"]))
        if topic := getattr(self, "cleaned_topic", None):
            topic.save()
            topics.append(topic)
        return topics

    def add_new_signers(self) -> None:
        """Save the new organizations, and add all that were typed to the signers of the release."""
        ids = set(self.instance.signers)
        for organization in self.cleaned_data.get("new_signers", []):
            if organization.pk is None:  # unless someone else added it in the meantime
                organization, _created = Organization.objects.get_or_create(
                    key=organization_key(organization.name), defaults={"name": organization.name}
                )
            ids.add(organization.pk)
        self.instance.signers = sorted(ids)
