"""The command that writes the static copy of the site."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from releases import static_copy
from releases.management.commands import export_site as command
from releases.static_copy.export import Result


def run_with(monkeypatch, result, folder):
    def export_site(root, show_progress):
        if isinstance(result, Exception):
            raise result
        show_progress(100)
        return result

    monkeypatch.setattr(command, "export_site", export_site)
    output, errors = io.StringIO(), io.StringIO()
    try:
        call_command("export_site", str(folder), stdout=output, stderr=errors)
    except CommandError as error:
        return output.getvalue(), errors.getvalue() + str(error)
    return output.getvalue(), errors.getvalue()


def test_command_prints_counts_only(monkeypatch, tmp_path):
    result = Result(pages=3, files=10, bytes=2_340_000, written=4, deleted=1)
    output, errors = run_with(monkeypatch, result, tmp_path)
    assert output == (
        f"3 pages and 7 other files, 2.3 MB, are in {tmp_path}. 4 written, 1 deleted, the others unchanged.\n"
    )
    assert errors == ""


def test_problems_are_listed_and_make_the_command_fail(monkeypatch, tmp_path):
    problems = [f"/{number}/ leads nowhere." for number in range(60)]
    _output, errors = run_with(monkeypatch, Result(problems=problems), tmp_path)
    assert errors.startswith("/0/ leads nowhere.\n/1/")
    assert errors.endswith("The copy has 60 problems, of which 50 are listed above.")
    assert run_with(monkeypatch, Result(problems=["a"]), tmp_path)[1].endswith("The copy has 1 problem.")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            OSError(28, "No space left on device", "/copy/a"),
            "/copy/a can't be written (No space left on device). Free some",
        ),
        (
            PermissionError(13, "Permission denied", "/copy"),
            "/copy can't be written (Permission denied). Make the folder",
        ),
        (static_copy.UnusableFolder("/copy contains other files."), "/copy contains other files."),
        (static_copy.DatabaseUnavailable(), "can't be used right now, so the copy is not complete"),
        (OperationalError("no such table: releases_release"), "The database can't be used"),
    ],
)
def test_errors_are_explained(monkeypatch, tmp_path, error, sentence):
    assert sentence in run_with(monkeypatch, error, tmp_path)[1]


def test_missing_static_files_are_explained(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }
    with pytest.raises(CommandError, match="Start the newsroom once"):
        call_command("export_site", str(tmp_path))
