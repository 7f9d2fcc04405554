"""Headers of static files."""

from hashlib import blake2b
from pathlib import Path
from wsgiref.headers import Headers


def add_etag(headers: Headers, path: str, url: str) -> None:
    """Set an ETag from the bytes of the file, so that every machine and every deploy sends the same one."""
    headers["ETag"] = f'"{blake2b(Path(path).read_bytes(), digest_size=12).hexdigest()}"'
