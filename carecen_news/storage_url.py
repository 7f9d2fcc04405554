"""Reads STORAGE_URL: where photos and documents are stored."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from carecen_news.environment import is_loopback

FORM = "s3://ACCESS_KEY:SECRET_KEY@HOST/BUCKET"
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?|\[[0-9a-f:]+\](:[0-9]{1,5})?", re.IGNORECASE)
REGION = re.compile(r"[a-z0-9-]+", re.IGNORECASE)


def get_storage(url: str, folder: Path) -> dict[str, Any]:
    """Return the entry of STORAGES for uploads: the bucket at `url`, or `folder` if `url` is empty.

    Raises ImproperlyConfigured. Its message never contains the keys.
    """
    if not url:
        return {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": folder},
        }
    return {"BACKEND": "carecen_news.object_storage.ObjectStorage", "OPTIONS": parse_storage_url(url)}


def parse_storage_url(url: str) -> dict[str, Any]:
    """Return the options of the storage backend for a URL like FORM, or s3:///BUCKET on AWS."""
    if not url.startswith("s3://"):
        raise ImproperlyConfigured(
            f"STORAGE_URL begins with “{url.partition(':')[0][:20]}”. It must be like {FORM}. Leave it empty "
            "to store uploads in DATA_DIR."
        )
    try:
        parts = urlsplit(url)
    except ValueError:
        raise ImproperlyConfigured(f"STORAGE_URL isn't valid. It must be like {FORM}.") from None
    # A slash, ? or # in a key ends the part of the URL that has the keys.
    if "@" in parts.path + parts.query or parts.fragment or parts.netloc.count("@") > 1:
        raise ImproperlyConfigured(
            "STORAGE_URL has a special character in a key or at its end. URL-encode those of the keys: / as "
            "%2F, + as %2B, @ as %40, # as %23."
        )
    options = {"bucket_name": _parse_bucket(parts.path), "region_name": _parse_region(parts.query)}
    keys, at, host = parts.netloc.rpartition("@")
    access_key, _colon, secret_key = (unquote(key) for key in keys.partition(":"))
    if not at and not host:  # AWS itself, with the credentials of this machine
        return options | {"access_key": None, "secret_key": None}
    if not (access_key and secret_key):
        raise ImproperlyConfigured(
            f"STORAGE_URL has no access key and secret key. It must be like {FORM}, or s3:///BUCKET on a "
            "machine of AWS that has a role."
        )
    return options | {
        "access_key": access_key,
        "secret_key": secret_key,
        "endpoint_url": _get_endpoint(host),
        "region_name": options["region_name"] or "us-east-1",  # what other services than AWS accept
        "addressing_style": "path",
    }


def _parse_bucket(path: str) -> str:
    bucket = path.removeprefix("/").removesuffix("/")
    if not BUCKET.fullmatch(bucket):
        raise ImproperlyConfigured(
            f"STORAGE_URL must end with the name of a bucket, like {FORM}. The name has 3 to 63 lowercase "
            "letters, digits, dots and hyphens."
        )
    return bucket


def _parse_region(query: str) -> str | None:
    options = dict(parse_qsl(query, keep_blank_values=True))
    if unknown := sorted(set(options) - {"region"}):
        raise ImproperlyConfigured(
            f"STORAGE_URL has the option “{unknown[0][:40]}”. The only option is ?region=NAME."
        )
    if options and not REGION.fullmatch(options["region"]):
        raise ImproperlyConfigured("STORAGE_URL has no valid region. It must be like ?region=us-west-2.")
    return options.get("region")


def _get_endpoint(host: str) -> str:
    """Return the URL of the service: plain http on this machine only."""
    if not HOST.fullmatch(host):
        raise ImproperlyConfigured(f"STORAGE_URL has no valid host. It must be like {FORM}.")
    try:
        parts = urlsplit(f"//{host}")
        is_valid = parts.port != 0
    except ValueError:
        is_valid = False
    if not is_valid:
        raise ImproperlyConfigured("STORAGE_URL has no valid port. It must be a number from 1 to 65535.")
    return f"{'http' if is_loopback(parts.hostname or '') else 'https'}://{host}"
