import pytest

from releases import checks


@pytest.mark.parametrize(("mode", "faults"), [(0o600, []), (0o640, ["releases.E002"]), (0o604, ["releases.E002"])])
def test_a_secret_key_that_others_can_read_is_a_fault(settings, tmp_path, mode, faults):
    settings.DATA_DIR = tmp_path
    (tmp_path / "secret_key").write_text("x")
    (tmp_path / "secret_key").chmod(mode)
    assert [fault.id for fault in checks.secret_key_is_private()] == faults


def test_no_key_file_is_no_fault(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    assert checks.secret_key_is_private() == []


@pytest.mark.parametrize(("installed", "faults"), [(None, []), (object(), ["releases.E001"])])
def test_psycopg_3_beside_psycopg2_is_a_fault(monkeypatch, installed, faults):
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: installed)
    assert [fault.id for fault in checks.only_psycopg2()] == faults
