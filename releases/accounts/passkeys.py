"""Passkeys (WebAuthn): register one, and sign in with one. The library fido2 checks formats and signatures.

A challenge is in a signed value of the page, so that visitors who aren't signed in need no session. It is
accepted once. The library is imported by the functions that use it: public pages never need its 11 MB.
"""

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_ipv46_address
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.utils.translation import gettext as _

from releases.accounts.attempts import use_once
from releases.models import Passkey, User, display_name

if TYPE_CHECKING:
    from fido2.server import Fido2Server
    from fido2.webauthn import AttestedCredentialData, AuthenticatorData

REGISTRATION_SALT, SIGN_IN_SALT = "passkey registration", "passkey sign-in"
CHALLENGE_SECONDS = 60 * 60
MAX_RESPONSE_CHARACTERS = 20_000
MAX_PASSKEYS = 20  # of one account
MAX_CREDENTIAL_ID_BYTES = 1023  # https://www.w3.org/TR/webauthn-3/#credential-id
COSE_ALGORITHM = 3  # the key of the algorithm in a public key: RFC 9052


class PasskeyRefused(ValidationError):
    """Raised if a response of a browser proves nothing. The message says what to do."""


def get_relying_party_id(request: HttpRequest) -> str | None:
    """Return the domain of passkeys, or None if passkeys don't work at the address of this request.

    Browsers refuse IP addresses. So without HTTPS, passkeys work at `localhost` only.
    """
    domain = settings.SITE_HOST if settings.HTTPS else "localhost"
    try:
        validate_ipv46_address(domain.strip("[]"))
    except ValidationError:
        return domain if urlsplit(f"//{request.get_host()}").hostname == domain else None
    return None


def find_url(request: HttpRequest, path: str) -> str:
    """Return the URL of `path` at the address where passkeys work."""
    if settings.HTTPS:
        return f"{settings.SITE_URL}{path}"
    return f"http://localhost:{request.get_port()}{path}"


def make_registration_challenge(request: HttpRequest, user: User) -> dict[str, str]:
    """Return the `options` for `navigator.credentials.create` (JSON), and a signed `state`."""
    from fido2.webauthn import (
        PublicKeyCredentialUserEntity,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    options, state = _get_server(request).register_begin(
        PublicKeyCredentialUserEntity(
            name=user.username,
            id=salted_hmac("passkey user", str(user.pk), algorithm="sha256").digest(),
            display_name=display_name(user),
        ),
        _get_credentials(user),
        ResidentKeyRequirement.PREFERRED,
        UserVerificationRequirement.PREFERRED,
    )
    return _make_challenge(options, state, user, REGISTRATION_SALT)


def register(request: HttpRequest, user: User, state: str, response: str, name: str) -> Passkey:
    """Store the passkey in the `response` of the browser (JSON). Raises PasskeyRefused."""
    from fido2.cose import CoseKey

    challenge = _load_state(state, user, REGISTRATION_SALT)
    refusal = PasskeyRefused(_("This passkey could not be added. Try again, or use another device."))
    try:
        authenticator = _get_server(request).register_complete(challenge, _parse(response))
    except PasskeyRefused:
        raise
    except Exception as error:  # the library raises errors of many types for malformed data
        raise refusal from error
    _use(challenge)
    data = authenticator.credential_data
    if (
        data is None
        or len(data.credential_id) > MAX_CREDENTIAL_ID_BYTES
        or data.public_key[COSE_ALGORITHM] not in CoseKey.supported_algorithms()
    ):
        raise refusal
    passkey = Passkey(
        user=user,
        name=name,
        credential_id=urlsafe_base64_encode(data.credential_id),
        credential_data=urlsafe_base64_encode(bytes(data)),
        sign_count=authenticator.counter,
    )
    try:
        with transaction.atomic():
            if User.objects.select_for_update().get(pk=user.pk).passkeys.count() >= MAX_PASSKEYS:
                raise PasskeyRefused(_("This account has too many passkeys. Remove one first."))
            passkey.save()
    except IntegrityError:
        raise PasskeyRefused(_("This passkey was added before.")) from None
    return passkey


def make_sign_in_challenge(
    request: HttpRequest, user: User | None = None, *, is_alone: bool = True
) -> dict[str, str]:
    """Return the `options` for `navigator.credentials.get` (JSON), and a signed `state`.

    With `is_alone`, the passkey replaces the password too, so the device must check that its owner is there,
    by a fingerprint or a PIN for example. Without `user`, any passkey on the device can be used.
    """
    from fido2.webauthn import UserVerificationRequirement

    options, state = _get_server(request).authenticate_begin(
        _get_credentials(user) if user else None,
        UserVerificationRequirement.REQUIRED if is_alone else UserVerificationRequirement.PREFERRED,
    )
    return _make_challenge(options, state | {"is_alone": is_alone}, user, SIGN_IN_SALT)


def verify(
    request: HttpRequest, state: str, response: str, user: User | None = None, *, is_alone: bool = True
) -> Passkey:
    """Return the passkey that the `response` of the browser (JSON) proves. Raises PasskeyRefused.

    `user` and `is_alone` must be those of `make_sign_in_challenge`.
    """
    from fido2.webauthn import AttestedCredentialData, AuthenticationResponse

    challenge = _load_state(state, user, SIGN_IN_SALT)
    if challenge.get("is_alone") is not is_alone:
        raise PasskeyRefused(_("This page was open for too long. Try again."))
    refusal = PasskeyRefused(_("This passkey doesn't belong to an account here. Use another way to sign in."))
    try:
        authentication = AuthenticationResponse.from_dict(_parse(response))
        credential_id = urlsafe_base64_encode(authentication.raw_id)
    except PasskeyRefused:
        raise
    except Exception as error:
        raise refusal from error
    passkeys = Passkey.objects.select_related("user")
    passkey = (passkeys.filter(user=user) if user else passkeys).filter(credential_id=credential_id).first()
    if passkey is None:
        raise refusal
    credential = AttestedCredentialData(urlsafe_base64_decode(passkey.credential_data))
    try:
        _get_server(request).authenticate_complete(challenge, [credential], authentication)
    except Exception as error:
        raise refusal from error
    _use(challenge)
    _record_use(passkey, authentication.response.authenticator_data)
    return passkey


def _record_use(passkey: Passkey, data: "AuthenticatorData") -> None:
    """Record when the passkey was used. A counter that doesn't increase means that it was copied."""
    is_newer = Q(sign_count__lt=data.counter) | (Q(sign_count=0) if data.counter == 0 else Q(pk__in=[]))
    rows = Passkey.objects.filter(is_newer, pk=passkey.pk)
    if not rows.update(sign_count=data.counter, last_used_at=timezone.now()):
        raise PasskeyRefused(
            _("This passkey may have been copied, so it was refused. Use another way, and then remove it.")
        )


def _get_server(request: HttpRequest) -> "Fido2Server":
    from fido2.server import Fido2Server
    from fido2.webauthn import PublicKeyCredentialRpEntity

    domain = get_relying_party_id(request)
    if domain is None:
        raise PasskeyRefused(_("Passkeys don't work at this web address."))
    origin = settings.SITE_URL if settings.HTTPS else f"http://{request.get_host()}"
    return Fido2Server(
        PublicKeyCredentialRpEntity(id=domain, name="CARECEN News"), verify_origin=lambda url: url == origin
    )


def _get_credentials(user: User) -> "list[AttestedCredentialData]":
    from fido2.webauthn import AttestedCredentialData

    return [
        AttestedCredentialData(urlsafe_base64_decode(passkey.credential_data))
        for passkey in user.passkeys.all()
    ]


def _make_challenge(options: Any, state: dict[str, Any], user: User | None, salt: str) -> dict[str, str]:
    return {
        "options": json.dumps(dict(options)["publicKey"]),
        "state": signing.dumps(state | {"user": user.pk if user else None}, salt=salt),
    }


def _load_state(state: str, user: User | None, salt: str) -> dict[str, Any]:
    try:
        challenge: dict[str, Any] = signing.loads(state, salt=salt, max_age=CHALLENGE_SECONDS)
    except signing.BadSignature:
        challenge = {}
    if challenge.get("user", 0) != (user.pk if user else None):
        raise PasskeyRefused(_("This page was open for too long. Try again."))
    return challenge


def _parse(response: str) -> dict[str, Any]:
    if len(response) > MAX_RESPONSE_CHARACTERS:
        raise PasskeyRefused(_("The browser sent too much. Try again."))
    return dict(json.loads(response))


def _use(challenge: dict[str, Any]) -> None:
    if not use_once("passkey challenge", challenge["challenge"], CHALLENGE_SECONDS):
        raise PasskeyRefused(_("This was sent twice. Try again."))
