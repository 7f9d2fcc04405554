"""How passwords are hashed, and which ones are refused."""

import re
import secrets
import threading
import unicodedata

from django.contrib.auth.hashers import Argon2PasswordHasher, PBKDF2PasswordHasher
from django.contrib.auth.password_validation import UserAttributeSimilarityValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from releases.models import User

# Hashing takes a core and memory, so a process hashes at most two passwords at once. Others wait.
HASHING = threading.BoundedSemaphore(2)
# Letters and digits that are easy to tell apart on a screen.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
MIN_NAME_LENGTH = 3
MIN_OTHER_LETTERS = 8
NEWSROOM_WORDS = {"carecen", "newsroom", "newsdesk", "losangeles", "prensa", "password", "contrasena"}


class LimitedArgon2PasswordHasher(Argon2PasswordHasher):
    """Argon2id with 19 MiB, which OWASP recommends, instead of Django's 100 MiB.

    https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
    """

    memory_cost, time_cost, parallelism = 19 * 1024, 2, 1  # KiB, passes, lanes

    def encode(self, password: str, salt: str) -> str:
        with HASHING:
            return str(super().encode(password, salt))

    def verify(self, password: str, encoded: str) -> bool:
        with HASHING:
            return bool(super().verify(password, encoded))


class LimitedPBKDF2PasswordHasher(PBKDF2PasswordHasher):
    """For passwords from before Argon2. Django replaces their hashes at the next sign-in."""

    def verify(self, password: str, encoded: str) -> bool:
        with HASHING:
            return bool(super().verify(password, encoded))


class NameInPasswordValidator(UserAttributeSimilarityValidator):
    """Reject a password that is a name with little else.

    Django's validator compares the password with each name as a whole, so it accepts "rosa.melgar.2026" for
    Rosa Melgar. This one takes away every name of the account and of the newsroom, digits and punctuation,
    and requires MIN_OTHER_LETTERS letters of what remains.
    """

    def validate(self, password: str, user: User | None = None) -> None:
        if user is None:
            return
        try:
            super().validate(password, user)
        except ValidationError as error:
            raise ValidationError(
                _("This password is too similar to your %(verbose_name)s. Use words unrelated to you."),
                code=error.code,
                params=error.params,
            ) from None
        letters = fold(password)
        names = {
            fold(part)
            for attribute in self.user_attributes
            for part in re.split(r"[\W_\d]+", str(getattr(user, attribute, "") or ""))
        }
        for name in sorted(names | NEWSROOM_WORDS, key=len, reverse=True):
            if len(name) >= MIN_NAME_LENGTH:
                letters = letters.replace(name, "")
        if len(letters) < MIN_OTHER_LETTERS and any(
            name in fold(password) for name in names | NEWSROOM_WORDS if len(name) >= MIN_NAME_LENGTH
        ):
            raise ValidationError(
                _("This password is mostly a name or a common word. Use words unrelated to you."),
                code="password_too_similar",
            )

    def get_help_text(self) -> str:
        return gettext("It can't consist mostly of a name, such as yours or CARECEN's.")


def generate_password() -> str:
    """Return a one-time password of four groups of five characters: about 99 bits."""
    return "-".join("".join(secrets.choice(ALPHABET) for _letter in range(5)) for _group in range(4))


def fold(text: str) -> str:
    """Return the letters of `text`, in lower case and without accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if character.isalpha())
