"""Encrypt backup files with a passphrase, in the format of the tool age: https://age-encryption.org/v1.

An encrypted backup is a ZIP archive with two files. `key.age` is a key, encrypted with the passphrase, and
`backup.zip.age` is the backup, encrypted with that key, because age encrypts large files with keys only.
"""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pyrage

from releases.backups.archive import InvalidBackup, open_archive

KEY, CONTENT = "key.age", "backup.zip.age"
MIN_PASSPHRASE_LENGTH = 16


def read_passphrase(path: Path) -> str:
    """Return the first line of a passphrase file. Raises ValueError with a sentence, and OSError."""
    passphrase = (path.read_text().splitlines() or [""])[0].strip()
    if len(passphrase) < MIN_PASSPHRASE_LENGTH:
        raise ValueError(
            f"The passphrase in {path} has less than {MIN_PASSPHRASE_LENGTH} characters. Use several words "
            "that nobody can guess."
        )
    return passphrase


def encrypt(source: Path, target: Path, passphrase: str) -> None:
    """Encrypt the file `source`, and write the result to `target`."""
    identity = pyrage.x25519.Identity.generate()
    with zipfile.ZipFile(target, "w") as archive, source.open("rb") as content:
        archive.writestr(KEY, pyrage.passphrase.encrypt(str(identity).encode(), passphrase))
        with archive.open(CONTENT, "w", force_zip64=True) as encrypted:
            pyrage.encrypt_io(content, encrypted, [identity.to_public()])


def is_encrypted(archive: zipfile.ZipFile) -> bool:
    return set(archive.namelist()) == {KEY, CONTENT}


@contextmanager
def decrypt(archive: zipfile.ZipFile, passphrase: str, folder: Path) -> Iterator[zipfile.ZipFile]:
    """Yield the backup in an encrypted one, from a temporary file in `folder`. Raises InvalidBackup."""
    with TemporaryDirectory(prefix=".decrypted-", dir=folder) as temporary:
        path = Path(temporary) / "backup.zip"
        try:
            key = pyrage.passphrase.decrypt(archive.read(KEY), passphrase)
        except pyrage.DecryptError as error:
            raise InvalidBackup("The passphrase is wrong.") from error
        try:
            identity = pyrage.x25519.Identity.from_str(key.decode())
            with archive.open(CONTENT) as encrypted, path.open("wb") as content:
                pyrage.decrypt_io(encrypted, content, [identity])
            backup = zipfile.ZipFile(path)
        except (pyrage.DecryptError, pyrage.IdentityError, zipfile.BadZipFile, ValueError) as error:
            raise InvalidBackup("It is damaged.") from error
        with backup:
            yield backup


@contextmanager
def open_backup(path: Path, passphrase_file: Path | None, folder: Path) -> Iterator[zipfile.ZipFile]:
    """Yield the backup in the file `path`, decrypted into `folder` if necessary.

    Raises InvalidBackup, ValueError for a weak passphrase, and OSError.
    """
    with open_archive(path) as archive:
        if not is_encrypted(archive):
            yield archive
            return
        if passphrase_file is None:
            raise InvalidBackup("It is encrypted. Add --passphrase-file.")
        with decrypt(archive, read_passphrase(passphrase_file), folder) as backup:
            yield backup
