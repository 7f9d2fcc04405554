"""Forms of staff accounts: a new colleague, and the name and role of an account."""

from typing import Any

from django import forms
from django.contrib.auth.forms import UsernameField
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from releases.actions.accounts import ensure_email_is_free
from releases.actions.errors import ActionNotAllowed
from releases.models import User
from releases.text.choices import Role
from releases.text.cleaning import clean_line

ROLE_HELP = gettext_lazy(
    "Writers write and edit. Publishers also decide what the public reads. Managers also manage "
    "accounts and settings."
)


class ColleagueForm(forms.ModelForm):
    """A new account. Its user name is made from the name."""

    role = forms.ChoiceField(
        label=gettext_lazy("Role"), choices=Role.choices, initial=Role.WRITER, help_text=ROLE_HELP
    )

    class Meta:
        model = User
        fields = ("first_name", "last_name", "email", "language")

    field_order = ("first_name", "last_name", "email", "role", "language")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["first_name"].required = self.fields["email"].required = True

    def clean_first_name(self) -> str:
        name = clean_line(self.cleaned_data["first_name"])
        if not name:
            raise ValidationError(self.fields["first_name"].error_messages["required"], code="required")
        return name

    def clean_last_name(self) -> str:
        return clean_line(self.cleaned_data["last_name"])


class StaffForm(forms.ModelForm):
    """The name, address, language and role of an account."""

    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        choices=[("", gettext_lazy("No role")), *Role.choices],
        required=False,
        help_text=format_lazy(
            "{} {}",
            ROLE_HELP,
            gettext_lazy("Changing it signs the person out. To end all access, select “Has left…” instead."),
        ),
    )
    acting_user: User

    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email", "language")
        field_classes = {"username": UsernameField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].initial = self.instance.role or ""

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if "email" in self.changed_data and self.instance.is_active:
            try:
                ensure_email_is_free(email, self.instance)
            except ActionNotAllowed as error:
                raise ValidationError(str(error)) from error
        return email

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("role") == Role.MANAGER or not self.instance.is_superuser:
            return cleaned
        if self.instance.pk == self.acting_user.pk:
            raise ValidationError(_("You can't change your own role. Ask another manager."))
        # Locked, because two managers may change each other's roles at the same moment.
        managers = User.objects.select_for_update().filter(is_superuser=True, is_active=True, is_staff=True)
        if not [user for user in managers.order_by("pk") if user.pk != self.instance.pk]:
            raise ValidationError(_("This is the last manager. Make someone else a manager first."))
        return cleaned
