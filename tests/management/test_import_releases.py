"""The command that imports a press page."""

import io
import json
import os
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from releases.models import Release

pytestmark = pytest.mark.django_db

SAMPLE = Path(__file__).parents[2] / "releases" / "sample" / "press-page.txt"
EXPECTED = json.loads((Path(__file__).parents[1] / "files" / "press-page.json").read_text())


def run_import(*arguments):
    out = io.StringIO()
    call_command("import_releases", *map(str, arguments), stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("options", [["--json"], ["--json", "--dry-run"]])
def test_sample_page_is_imported_as_expected(options):
    report = json.loads(run_import(SAMPLE, *options))
    assert report["counts"] == {"created": 10, "unchanged": 0, "kept": 0, "needs review": 0}
    for item, expected in zip(report["items"], EXPECTED, strict=True):
        assert {name: item[name] for name in ("headline", "date", "dateline", "summary")} == {
            k: v for k, v in expected.items() if k != "body"
        }
        assert (item["status"], item["kind"], item["language"]) == ("created", "press_release", "en")
    assert Release.objects.count() == (0 if "--dry-run" in options else 10)


def test_second_run_reports_unchanged():
    run_import(SAMPLE)
    assert "10 unchanged" in run_import(SAMPLE)


def test_report_shows_line_and_reason(tmp_path):
    file = tmp_path / "page.txt"
    file.write_text("One\n\nNo date. Continue reading")
    assert "needs review, line 1: One (no date)\n    line 3: No date was found" in run_import(file)
    (item,) = json.loads(run_import(file, "--json"))["items"]
    assert (item["status"], item["line"], item["date"]) == ("needs review", 1, None)
    assert item["problems"][0].startswith("line 3: No date")


def test_language_option_imports_a_spanish_page(tmp_path):
    file = tmp_path / "page.txt"
    file.write_text("Ganaron\n\n(4 de marzo de 2015, Los Ángeles) – Los inquilinos.")
    run_import(file, "--language", "es")
    assert Release.objects.get().get_absolute_url() == "/es/2015/03/ganaron/"


@pytest.mark.parametrize(
    ("content", "sentence"), [(b"%PDF-1.4", "plain text"), (b"\n \n", "nothing to import")]
)
def test_non_text_or_empty_file_is_rejected(tmp_path, content, sentence):
    file = tmp_path / "page.txt"
    file.write_bytes(content)
    with pytest.raises(CommandError, match=sentence):
        run_import(file)


def test_missing_file_is_rejected():
    with pytest.raises(CommandError, match="can't be read"):
        run_import("nowhere.txt")


def test_file_can_be_read_from_a_pipe():
    reading, writing = os.pipe()
    os.write(writing, "One\n\n(March 4, 2015, Los Angeles) – A.".encode())
    os.close(writing)
    assert "1 created" in run_import(f"/dev/fd/{reading}")
    os.close(reading)


def test_json_output_is_a_single_object():
    printed = run_import(SAMPLE, "--json")
    assert printed == json.dumps(json.loads(printed), ensure_ascii=False, indent=1) + "\n"
