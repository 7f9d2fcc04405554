"""A device with a passkey, which answers the options of a page like `navigator.credentials` of a browser."""

import json
import os
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256, CoseKey
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

ORIGIN = "http://localhost"
FLAG = AuthenticatorData.FLAG


class Device:
    """Has one passkey. The attributes can be changed to answer wrongly."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.credential_id = os.urandom(16)
        self.origin, self.relying_party = ORIGIN, "localhost"
        self.flags = FLAG.UP | FLAG.UV  # the user is present, and was verified
        self.counter = 0
        self.algorithm = ES256.ALGORITHM

    def create(self, options: str) -> str:
        """Return the response of the browser to the options of a registration (JSON)."""
        public_key = CoseKey(ES256.from_cryptography_key(self.key.public_key()) | {3: self.algorithm})
        credential = AttestedCredentialData.create(bytes(16), self.credential_id, public_key)
        data = AuthenticatorData.create(self._hash(), self.flags | FLAG.AT, self.counter, credential)
        attestation = AttestationObject.create("none", data, {})
        client_data = self._make_client_data(CollectedClientData.TYPE.CREATE, options)
        return self._render(clientDataJSON=client_data, attestationObject=attestation)

    def get(self, options: str) -> str:
        """Return the response of the browser to the options of a sign-in (JSON)."""
        client_data = self._make_client_data(CollectedClientData.TYPE.GET, options)
        data = AuthenticatorData.create(self._hash(), self.flags, self.counter)
        signature = self.key.sign(data + sha256(client_data).digest(), ec.ECDSA(SHA256()))
        return self._render(clientDataJSON=client_data, authenticatorData=data, signature=signature)

    def _hash(self) -> bytes:
        return sha256(self.relying_party.encode()).digest()

    def _make_client_data(self, kind: Any, options: str) -> bytes:
        challenge = websafe_decode(json.loads(options)["challenge"])
        return CollectedClientData.create(type=kind, challenge=challenge, origin=self.origin)

    def _render(self, **response: bytes) -> str:
        credential_id = websafe_encode(self.credential_id)
        return json.dumps(
            {
                "id": credential_id,
                "rawId": credential_id,
                "type": "public-key",
                "response": {name: websafe_encode(bytes(value)) for name, value in response.items()},
            }
        )
