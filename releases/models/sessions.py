"""Sessions of signed-in staff: stored as digests, and ended after a time without use or since the sign-in."""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models, transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

# A session that is used is extended at most this often, so that most requests write nothing.
EXTENSION_INTERVAL = timedelta(minutes=1)
# In the data of a session: the time of the last password or passkey and that of the sign-in (ISO 8601), a
# description of the browser, whether a passkey was used instead of a password, and whether the password was a
# one-time password.
STARTED_AT, SIGNED_IN_AT, DEVICE, PASSKEY = "started_at", "signed_in_at", "device", "passkey"
ONE_TIME = "one_time"


class StaffSession(AbstractBaseSession):
    """A session of a staff account.

    `session_key` is the SHA-256 digest (hex) of the key in the cookie, so a copy of the database signs nobody
    in. The session ends at `expire_date`, or with its row.
    """

    session_key = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    last_used_at = models.DateTimeField(default=timezone.now)  # at most EXTENSION_INTERVAL too early

    @classmethod
    def get_session_store_class(cls) -> type["SessionStore"]:
        return SessionStore


class SessionStore(DatabaseSessionStore):
    """Django's sessions in the database, with StaffSession as the model.

    A session ends SESSION_IDLE_SECONDS after it was last used, and SESSION_COOKIE_AGE after the sign-in.
    """

    _last_used_at: datetime | None = None  # of the row, once it was loaded

    @classmethod
    def get_model_class(cls) -> type[StaffSession]:
        return StaffSession

    def _get_session_from_db(self) -> StaffSession | None:
        row = StaffSession.objects.filter(
            session_key=make_digest(self.session_key or ""), expire_date__gt=timezone.now()
        ).first()
        if row is None:
            self._session_key = None
        else:
            self._last_used_at = row.last_used_at
        return row

    def exists(self, session_key: str) -> bool:
        return StaffSession.objects.filter(session_key=make_digest(session_key)).exists()

    def create_model_instance(self, data: dict[str, Any]) -> StaffSession:
        data.setdefault(STARTED_AT, timezone.now().isoformat())
        self._last_used_at = timezone.now()
        return StaffSession(
            session_key=make_digest(self._get_or_create_session_key()),  # type: ignore[attr-defined]
            session_data=self.encode(data),
            expire_date=find_expiry(data[STARTED_AT]),
            last_used_at=self._last_used_at,
            user_id=data.get(SESSION_KEY),
        )

    def save(self, must_create: bool = False) -> None:
        """Save the session. Raises UpdateError if it was deleted meanwhile.

        Django raises it for every error of the database. Raise the error itself, so that staff are told of an
        outage.
        """
        try:
            super().save(must_create)
        except UpdateError as error:
            cause = error.__context__
            if cause is None or cause.__cause__ is None:  # no row was updated
                raise
            raise cause from cause.__cause__

    def delete(self, session_key: str | None = None) -> None:
        if key := session_key or self.session_key:
            StaffSession.objects.filter(session_key=make_digest(key)).delete()

    def start(self) -> None:
        """Let the session start now, because the user has just used a password or passkey."""
        self[STARTED_AT] = timezone.now().isoformat()

    def restart(self) -> bool:
        """Let a session that exists start now, with a new key.

        Return False if the session was ended in the meantime. Then it stays so.
        """
        with transaction.atomic():
            if not self.lock_row():
                self.flush()
                return False
            self.start()
            self.cycle_key()
        return True

    def lock_row(self) -> bool:
        """Lock the row until the end of the transaction. Return False if the session was ended."""
        rows = StaffSession.objects.filter(session_key=make_digest(self.session_key or ""))
        return rows.select_for_update().exists()

    def needs_extension(self) -> bool:
        """Return whether the use of the session now should be recorded, so that it ends later."""
        if self._last_used_at is None:
            return False
        return timezone.now() - self._last_used_at >= EXTENSION_INTERVAL

    def extend(self) -> None:
        """Let the session end later, unless it ended meanwhile."""
        self._last_used_at = timezone.now()
        rows = StaffSession.objects.filter(session_key=make_digest(self.session_key or ""))
        rows.update(
            expire_date=find_expiry(self.get(STARTED_AT, "")),
            last_used_at=self._last_used_at,
        )

    def is_fresh(self) -> bool:
        """Return whether the user used a password or passkey at most FRESH_SIGN_IN_SECONDS ago."""
        age = timezone.now() - parse_start(self.get(STARTED_AT, ""))
        return age < timedelta(seconds=settings.FRESH_SIGN_IN_SECONDS)


def make_digest(session_key: str) -> str:
    return sha256(session_key.encode()).hexdigest()


def parse_start(started_at: str) -> datetime:
    """Return the time in `started_at` (aware), or now for a session that doesn't have it yet."""
    return parse_datetime(started_at) or timezone.now()


def find_expiry(started_at: str) -> datetime:
    """Return when a session that started at `started_at`, and is used now, ends (aware)."""
    return min(
        timezone.now() + timedelta(seconds=settings.SESSION_IDLE_SECONDS),
        parse_start(started_at) + timedelta(seconds=settings.SESSION_COOKIE_AGE),
    )


def end_sessions(user_id: int | None = None) -> int:
    """Sign out an account, or everybody, on every device. Return the number of sessions."""
    sessions = StaffSession.objects.all()
    return (sessions if user_id is None else sessions.filter(user=user_id)).delete()[0]
