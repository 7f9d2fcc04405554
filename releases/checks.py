"""What must be true of a machine before the newsroom runs on it, beyond Django's own checks."""

import importlib.util
import stat
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.database)
def only_psycopg2(**_kwargs: Any) -> list[CheckMessage]:
    """Django prefers psycopg 3 without a word when both are installed; the newsroom is tested on 2."""
    if importlib.util.find_spec("psycopg") is None:
        return []
    return [Error("psycopg 3 is installed, and Django would use it instead of psycopg2.", hint="pip uninstall psycopg", id="releases.E001")]


@register(Tags.security, deploy=True)
def secret_key_is_private(**_kwargs: Any) -> list[CheckMessage]:
    path = settings.DATA_DIR / "secret_key"
    if not path.exists() or not stat.S_IMODE(path.stat().st_mode) & 0o077:
        return []
    return [Error(f"Others on this machine can read the secret key {path}.", hint=f"chmod 600 {path}", id="releases.E002")]
