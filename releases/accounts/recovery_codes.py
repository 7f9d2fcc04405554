"""Recovery codes: they sign an account in if its other second factors are lost, each of them once."""

import secrets
from hashlib import sha256

from django.db import transaction

from releases.models import RecoveryCode, User

COUNT = 10
# Letters and digits that are not mistaken for each other. A code has 16 of them: 79 bits.
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
GROUPS, GROUP_LENGTH = 4, 4


@transaction.atomic
def replace_codes(user: User) -> list[str]:
    """Replace the codes of an account with COUNT new ones, and return these. Only digests are stored."""
    User.objects.select_for_update().get(pk=user.pk)
    codes = [
        "-".join("".join(secrets.choice(ALPHABET) for _i in range(GROUP_LENGTH)) for _j in range(GROUPS))
        for _k in range(COUNT)
    ]
    user.recovery_codes.all().delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, digest=make_digest(user, code)) for code in codes
    )
    return codes


def use_code(user: User, code: str) -> bool:
    """Delete the code and return True, or return False if the account doesn't have it."""
    return bool(RecoveryCode.objects.filter(user=user, digest=make_digest(user, code)).delete()[0])


def make_digest(user: User, code: str) -> str:
    """Return the digest of a code, whatever its case, spaces and dashes."""
    normalized = "".join(character for character in code.lower() if character.isalnum())
    return sha256(f"{user.pk}:{normalized}".encode()).hexdigest()
