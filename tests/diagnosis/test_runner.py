"""Running the checks, and the list on the dashboard of managers."""

import pytest
from django.core.cache import cache
from django.db import OperationalError
from django.test import Client

from releases import diagnosis
from releases.diagnosis import findings, runner
from tests.factories import make_user


@pytest.fixture(autouse=True)
def clear_cache():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def calls(monkeypatch):
    """Replace the checks of the dashboard by one warning, and return a list that grows with each run."""
    calls = []

    def check_bread():
        calls.append("bread")
        return findings.warning("The bread is old.", "Bake a loaf.")

    monkeypatch.setattr(runner, "DASHBOARD_CHECKS", (check_bread,))
    return calls


def open_dashboard(group: str = "", language: str = "en", **changes) -> str:
    client = Client()
    client.force_login(make_user(f"{group}{language}".lower(), group, language=language, **changes))
    response = client.get("/admin/")
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def fail():
    raise ValueError("a\nbug")


def test_check_that_fails_is_an_error_and_does_not_stop_the_others():
    def check_fail():
        fail()

    results = runner.run_checks([check_fail, lambda: None, lambda: findings.ok("Fine.")])
    assert [result.level for result in results] == ["error", "ok"]
    assert results[0].found == "The check “fail” failed (ValueError: a bug)."
    assert (results[0].has_failed, results[0].name) == (True, "fail")


def test_every_check_is_used_once():
    everything = [*runner.MACHINE_CHECKS, *runner.DATABASE_CHECKS, *runner.TABLE_CHECKS]
    modules = (
        *(runner.background, runner.configuration, runner.database, runner.growth),
        *(runner.machine, runner.mail, runner.newsroom, runner.versions),
    )
    defined = {
        value
        for module in modules
        for name, value in vars(module).items()
        if name.startswith("check_") and value.__module__ == module.__name__
    }
    left = {runner.database.check_database, runner.database.check_migrations, runner.versions.check_support}
    assert len(everything) == len(set(everything))
    assert set(everything) | left == defined
    assert set(runner.DASHBOARD_CHECKS) | runner.MANAGER_CHECKS <= set(everything)


@pytest.mark.django_db
def test_diagnosis_of_a_newsroom_has_errors_first():
    results = diagnosis.diagnose()
    levels = [result.level for result in results]
    assert levels == sorted(levels, key=["error", "warning", "ok"].index)
    assert len(results) > 20
    assert [result for result in results if result.has_failed] == []
    # The database of a test has no manager.
    assert [result.name for result in results if result.level == "error"] == ["managers"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("check", "left_out"),
    [("check_database", {"journal", "migrations", "schedule"}), ("check_migrations", {"schedule", "clock"})],
)
def test_unusable_database_leaves_out_the_checks_of_its_content(monkeypatch, check, left_out):
    result = findings.error("The database is gone.", "Fetch it.")
    monkeypatch.setattr(runner.database, check, lambda: result)
    names = {each.name for each in diagnosis.diagnose()}
    assert ("disk_space" in names, names & left_out) == (True, set())


@pytest.mark.django_db
def test_only_managers_see_what_needs_attention(calls):
    for group in ("Writers", "Publishers"):
        assert "The bread is old." not in open_dashboard(group)
    assert calls == []
    page = open_dashboard(is_superuser=True)
    assert "System checks (1)" in page
    assert "The bread is old." in page
    assert "For the server administrator: Bake a loaf." in page
    assert "Urgent:" not in page


@pytest.mark.django_db
def test_dashboard_shows_errors_first_and_nothing_that_is_in_order(monkeypatch):
    results = [findings.ok("Fine."), findings.warning("Low.", "Fill."), findings.error("Broken.", "Repair.")]
    monkeypatch.setattr(runner, "DASHBOARD_CHECKS", [lambda each=each: each for each in results])
    page = open_dashboard(is_superuser=True)
    assert page.index("Urgent: Broken.") < page.index("Low.")
    assert "Fine." not in page
    cache.clear()
    monkeypatch.setattr(runner, "DASHBOARD_CHECKS", [lambda: findings.ok("Fine.")])
    assert "Control del sistema" not in open_dashboard(language="es", is_superuser=True)


@pytest.mark.django_db
def test_what_managers_can_do_is_not_for_the_server_administrator(monkeypatch):
    monkeypatch.setattr(runner, "DASHBOARD_CHECKS", (runner.newsroom.check_press_contact,))
    page = open_dashboard(is_superuser=True)
    assert "Enter them at the News desk" in page
    assert "For the server administrator" not in page


@pytest.mark.django_db
def test_result_is_cached_for_each_language(calls, django_assert_num_queries):
    english = runner.find_problems()
    with django_assert_num_queries(0):
        assert runner.find_problems() == english
    assert calls == ["bread"]
    assert "Última revisión" in open_dashboard(language="es", is_superuser=True)
    assert calls == ["bread", "bread"]


@pytest.mark.django_db
def test_result_is_not_cached_after_a_check_failed(monkeypatch):
    monkeypatch.setattr(runner, "DASHBOARD_CHECKS", (fail,))
    assert "The check “fail” failed" in open_dashboard(is_superuser=True)
    monkeypatch.setattr(runner, "DASHBOARD_CHECKS", ())
    assert runner.find_problems() is None


@pytest.mark.django_db
@pytest.mark.parametrize("error", [ValueError("x"), OperationalError("x")])
def test_dashboard_works_without_the_checks(monkeypatch, caplog, error):
    def fail(_checks):
        raise error

    monkeypatch.setattr(runner, "run_checks", fail)
    assert "System checks" not in open_dashboard(is_superuser=True)
    assert "The checks for the dashboard failed." in caplog.text


@pytest.mark.django_db
def test_checks_of_the_dashboard_need_few_queries(django_assert_max_num_queries):
    with django_assert_max_num_queries(10):
        runner.find_problems()
