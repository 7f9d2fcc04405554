"""Stores uploads in a bucket of an S3 service. It is used only if STORAGE_URL is set."""

import io
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import Any, NoReturn

from botocore.config import Config  # type: ignore[import-untyped]
from botocore.exceptions import ClientError  # type: ignore[import-untyped]
from django.core.exceptions import SuspiciousOperation
from django.core.files.base import File
from storages.backends.s3 import S3Storage  # type: ignore[import-untyped]

CONNECT_SECONDS, READ_SECONDS = 1, 2.5  # for each step of a request, of which there are at most two
MAX_FILE_SECONDS = 30  # to read one file
MAX_CONNECTIONS = 8  # of one process, whose other threads serve pages
MAX_WAIT_SECONDS = 0.5  # for a connection
MAX_FAILURES = 3  # requests without an answer, one after the other, until the service counts as down
RETRY_AFTER_SECONDS = 2  # while it is down
CHUNK_BYTES = 2**18
MAX_MEMORY_BYTES = 2**22  # of one file, before it is written to a temporary file
# The answer to HEAD has no text, so it has no name of the error.
MISSING, MISSING_HEAD = {"NoSuchKey"}, {"NoSuchKey", "404"}


class StorageUnavailable(OSError):
    """Raised if the service doesn't answer, refuses a request, or answers nonsense."""


class Connections:
    """The connections of this process: few, and one at a time while the service is down.

    Otherwise photos of a service that hangs would occupy all threads, which also serve the text of releases.
    """

    def __init__(self) -> None:
        self.free = threading.BoundedSemaphore(MAX_CONNECTIONS)
        self.trial = threading.Lock()
        self.failures, self.failed_at = 0, 0.0

    @contextmanager
    def take(self) -> Iterator[None]:
        """Take a connection for the block. Raises StorageUnavailable, also instead of other errors in it.

        Errors of files stay as they are. While the service is down, requests fail at once, and every
        RETRY_AFTER_SECONDS one tries again.
        """
        if self.failures >= MAX_FAILURES:
            is_early = time.monotonic() < self.failed_at + RETRY_AFTER_SECONDS
            lock, is_taken = self.trial, not is_early and self.trial.acquire(blocking=False)
        else:
            lock, is_taken = self.free, self.free.acquire(timeout=MAX_WAIT_SECONDS)  # type: ignore[assignment]
        if not is_taken:
            raise StorageUnavailable("The object storage doesn't answer, or is busy.")
        try:
            yield
        except (FileNotFoundError, SuspiciousOperation):
            self.failures = 0
            raise
        except ClientError as error:  # an answer, such as 403 or 507
            self.failures = 0
            raise StorageUnavailable(f"The object storage refused: {error}") from error
        except Exception as error:  # garbage can raise any error
            self.failures, self.failed_at = self.failures + 1, time.monotonic()
            reason = " ".join(f"{type(error).__name__}: {error}".split())
            raise StorageUnavailable(f"The object storage doesn't answer ({reason})") from error
        else:
            self.failures = 0
        finally:
            lock.release()


class ObjectStorage(S3Storage):
    """Files in a private bucket. Each is read and written in one request.

    All errors are OSErrors, as those of a folder. An existing file is overwritten. Nobody gets the address of
    a file, because the views decide who may read it.
    """

    def __init__(self, **settings: Any) -> None:
        settings["client_config"] = Config(
            signature_version="s3v4",
            s3={"addressing_style": settings.pop("addressing_style", "auto")},
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"mode": "standard", "total_max_attempts": 2},
            max_pool_connections=MAX_CONNECTIONS,
            # Many services don't know the newer checksums.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        private = {"default_acl": None, "querystring_auth": False, "file_overwrite": True}
        super().__init__(**settings | private)
        self._client: Any = None
        self._client_lock = threading.Lock()
        self._slots = Connections()

    @property
    def client(self) -> Any:
        """The client, which all threads share. Each client would take 10 MB."""
        with self._client_lock:
            if self._client is None:
                self._client = self.connection.meta.client
            return self._client

    def _open(self, name: str, mode: str = "rb") -> File:
        if mode != "rb":
            raise ValueError("Files of the object storage are written as a whole, with save().")
        file = SpooledTemporaryFile(MAX_MEMORY_BYTES)  # noqa: SIM115  (the caller closes it)
        try:
            with self._slots.take():
                self._download(name, file)
            file.seek(0)
        except BaseException:
            file.close()
            raise
        return File(file, name)

    def _download(self, name: str, file: Any) -> None:
        end = time.monotonic() + MAX_FILE_SECONDS
        with _as_file_error(name):
            response = self.client.get_object(Bucket=self.bucket_name, Key=self._normalize_name(name))
        with closing(response["Body"]) as body:
            for chunk in body.iter_chunks(CHUNK_BYTES):
                file.write(chunk)
                if time.monotonic() > end:
                    raise TimeoutError(f"{name} takes longer than {MAX_FILE_SECONDS} s")

    def _save(self, name: str, content: File) -> str:
        content.seek(0)
        body = io.BytesIO(content.read())
        with self._slots.take():
            key = self._normalize_name(name)
            parameters = self._get_write_parameters(key, content)
            response = self.client.put_object(Bucket=self.bucket_name, Key=key, Body=body, **parameters)
            if not response.get("ETag"):  # S3 always sends one, and another server doesn't
                raise ValueError(f"no ETag for {name}")
        return name

    def delete(self, name: str) -> None:
        with self._slots.take():
            self.client.delete_object(Bucket=self.bucket_name, Key=self._normalize_name(name))

    def exists(self, name: str) -> bool:
        try:
            self._get_details(name)
        except FileNotFoundError:
            return False
        return True

    def size(self, name: str) -> int:
        return int(self._get_details(name)["ContentLength"])

    def get_modified_time(self, name: str) -> datetime:
        modified: datetime = self._get_details(name)["LastModified"]
        return modified

    def _get_details(self, name: str) -> Any:
        with self._slots.take(), _as_file_error(name, MISSING_HEAD):
            return self.client.head_object(Bucket=self.bucket_name, Key=self._normalize_name(name))

    def listdir(self, name: str) -> tuple[list[str], list[str]]:
        """Return the names of the folders and files in a folder. One that doesn't exist is empty."""
        prefix = f"{name.strip('/')}/".lstrip("/")
        folders, files = [], []
        with self._slots.take():
            pages = self.client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket_name, Prefix=prefix, Delimiter="/"
            )
            for page in pages:
                folders += [each["Prefix"][len(prefix) : -1] for each in page.get("CommonPrefixes", ())]
                files += [each["Key"][len(prefix) :] for each in page.get("Contents", ())]
        return folders, [file for file in files if file]

    def url(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise NotImplementedError("Nobody gets the address of a file. The views serve files.")


@contextmanager
def _as_file_error(name: str, codes: set[str] = MISSING) -> Iterator[None]:
    """Raise FileNotFoundError if the service says that the file doesn't exist."""
    try:
        yield
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in codes:
            raise FileNotFoundError(2, "No such file in the object storage", name) from error
        raise
