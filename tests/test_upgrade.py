"""carecen_news/upgrade.py with real Git repositories, and with stand-ins for make and manage.py."""

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from carecen_news import upgrade, upgrade_checks
from carecen_news.upgrade import JOURNAL, Upgrade, UpgradeError

pytestmark = pytest.mark.one_database

OLD = {
    "code.py": "old",
    "file": "",
    "folder/file": "",
    "gone.py": "old",
    "requirements.txt": "old",
    "migrations/0001.py": "",
}
NEW = {
    "code.py": "new",
    "file/file": "",
    "folder": "",
    "requirements.txt": "new",
    "migrations/0002.py": "",
    "page/new/view.py": "new",
}


class Killed(BaseException):
    """Stands for kill -9: nothing handles it."""


class Ticks:
    """Counts the events of an upgrade, and kills it at one of them."""

    def __init__(self, kill_at: int = 0) -> None:
        self.count, self.kill_at = 0, kill_at

    def __call__(self) -> None:
        self.count += 1
        if self.count == self.kill_at:
            raise Killed


class Steps:
    """Do the work of make and manage.py, in files. The database lists its migrations."""

    def __init__(self, ticks: Ticks, fails_at: str = "") -> None:
        self.ticks, self.fails_at, self.names = ticks, fails_at, []

    def __call__(self, *command: str, lock: int | None = None) -> str:
        name = "make" if command[0] == "make" else " ".join(command[2:4])
        self.names.append(name)
        self.ticks()
        if self.fails_at and name.startswith(self.fails_at):
            if name == "migrate --no-input":
                Path("var/database").write_text("half")
            raise UpgradeError("The reason.")
        self.do(name, command)
        self.ticks()
        return ""

    def do(self, name: str, command: tuple[str, ...]) -> None:
        database, migrations = Path("var/database"), " ".join(sorted(os.listdir("migrations")))
        if name == "make":
            Path(".venv/packages").write_text(Path("requirements.txt").read_text())
            Path(".venv/.ready-to-run").touch()
        elif name.startswith("backup"):
            folder = Path(command[3])
            folder.mkdir(exist_ok=True)
            shutil.copy(database, folder / f"newsroom-{len(list(folder.iterdir()))}.zip")
        elif name == "migrate --check" and database.read_text() != migrations:
            raise UpgradeError("There are migrations.")
        elif name == "migrate --no-input":
            database.write_text(migrations)
        elif name.startswith("restore"):
            assert Path("code.py").read_text() == Path(".venv/packages").read_text() == "old"
            aside = Path("var", f"before-restore-{len(self.names)}")
            aside.mkdir(exist_ok=True)
            database.rename(aside / "database")
            shutil.copy(command[3], database)


def git(folder: Path, *arguments: str) -> str:
    options = ("-c", "user.name=Ana", "-c", "user.email=ana@example.org", "-c", "init.defaultBranch=main")
    command = ["git", *options, *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


def commit(folder: Path, files: dict[str, str], name: str) -> None:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    git(folder, "add", ".")
    git(folder, "commit", "-qm", name)
    git(folder, "tag", name)


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> Path:
    """Return a folder with the repository `upstream`, and a newsroom one version behind it."""
    folder = tmp_path_factory.mktemp("upgrade")
    upstream, newsroom = folder / "upstream", folder / "newsroom"
    upstream.mkdir()
    git(upstream, "init", "-q")
    commit(upstream, OLD | {".gitignore": ".venv/\n.upgrade/\nvar/\n"}, "v1")
    git(folder, "clone", "-q", "upstream", "newsroom")
    git(newsroom, "remote", "set-url", "origin", "../upstream")
    git(upstream, "rm", "-rq", "gone.py", "file", "folder")
    commit(upstream, NEW, "v2")
    for path, text in {".venv/packages": "old", ".venv/.ready-to-run": "", "var/database": "0001.py"}.items():
        (newsroom / path).parent.mkdir(exist_ok=True)
        (newsroom / path).write_text(text)
    return folder


@pytest.fixture
def copy_newsroom(template, tmp_path, monkeypatch):
    """Return a function that makes a new copy of the newsroom, and changes to its folder."""
    monkeypatch.setattr(upgrade.os, "sync", lambda: None)
    monkeypatch.setattr(upgrade, "end_steps", lambda: None)
    monkeypatch.setattr(upgrade.signal, "signal", lambda *_arguments: None)

    def copy() -> Path:
        monkeypatch.chdir("/")
        shutil.rmtree(tmp_path / "site", ignore_errors=True)
        shutil.copytree(template, tmp_path / "site")
        monkeypatch.chdir(tmp_path / "site" / "newsroom")
        monkeypatch.setenv("DATA_DIR", str(Path.cwd() / "var"))
        Path(".upgrade").mkdir()
        return Path.cwd()

    return copy


@pytest.fixture
def newsroom(copy_newsroom) -> Path:
    return copy_newsroom()


def read_state() -> dict[str, str]:
    """Return all files of the newsroom but its backups, and what Git says."""
    files = {
        str(path): path.read_text()
        for path in Path().rglob("*")
        if path.is_file() and path.parts[0] != ".git" and path.parts[:2] != ("var", "upgrades")
    }
    folders = {f"{path}/": "" for path in Path().glob("[a-z]*/**/") if not path.match("var/upgrades")}
    here = Path()
    return (
        files | folders | {"HEAD": git(here, "rev-parse", "HEAD"), "status": git(here, "status", "--short")}
    )


def run_upgrade(name: str = "", fails_at: str = "") -> Steps:
    steps = Steps(Ticks(), fails_at)
    Upgrade(steps).upgrade(name)
    return steps


def test_upgrade_replaces_code_packages_and_database(newsroom, capsys):
    steps = run_upgrade()
    assert {path: (newsroom / path).read_text() for path in NEW} == NEW
    assert not (newsroom / "gone.py").exists()
    assert (newsroom / ".venv" / "packages").read_text() == "new"
    assert (newsroom / "var" / "database").read_text() == "0001.py 0002.py"
    assert list((newsroom / ".upgrade").iterdir()) == []
    assert steps.names[-1] == "smoke_test"
    assert "Upgraded from v1 to v2. Start the newsroom" in capsys.readouterr().out
    before = read_state()
    assert run_upgrade().names == []
    assert "already up to date (v2)" in capsys.readouterr().out
    assert read_state() == before


def test_named_version_is_a_tag_a_branch_or_a_commit(newsroom):
    run_upgrade("v1")
    with pytest.raises(UpgradeError, match="There is no version v3"):
        run_upgrade("v3")
    run_upgrade("main")
    assert git(newsroom, "describe", "--tags") == "v2"
    with pytest.raises(UpgradeError, match="v1 isn't a later version of v2"):
        run_upgrade("v1")


@pytest.mark.parametrize("step", ["backup", "verify", "check", "migrate --no-input", "smoke_test"])
def test_failed_step_restores_everything(newsroom, capsys, step):
    (newsroom / "var" / "before-restore-mine").mkdir()
    before = read_state()
    with pytest.raises(UpgradeError):
        run_upgrade(fails_at=step)
    assert read_state() == before
    output = capsys.readouterr().out
    assert "The reason." in output
    assert "The newsroom is as it was before the upgrade." in output


def test_database_without_new_migrations_is_not_restored(newsroom):
    (newsroom / "var" / "database").write_text("0001.py 0002.py")
    steps = Steps(Ticks(), "smoke_test")
    with pytest.raises(UpgradeError):
        Upgrade(steps).upgrade("")
    assert "migrate --no-input" not in steps.names
    assert not [name for name in steps.names if name.startswith("restore")]


def kill(ticks: Ticks, monkeypatch, action) -> bool:
    """Run an action that `ticks` may kill, also in the middle of a checkout. Return whether it was killed."""

    def half_done(_self: Upgrade, *arguments: str) -> str:
        if arguments[0] in {"merge", "reset"}:
            if ticks.kill_at - ticks.count in {1, 2}:
                for path, text in {"code.py": "n", "migrations/0002.py": "", "page/new/view.py": ""}.items():
                    Path(path).parent.mkdir(parents=True, exist_ok=True)
                    Path(path).write_text(text)
                Path("gone.py").unlink(missing_ok=True)
                Path(".git/index.lock").touch()
            ticks()
            ticks()
        return upgrade.run("git", *arguments).strip()

    with monkeypatch.context() as context:
        context.setattr(Upgrade, "git", half_done)
        context.setattr(upgrade.os, "sync", ticks)
        rename = Path.rename
        context.setattr(Path, "rename", lambda path, target: (ticks(), rename(path, target)))
        try:
            action()
        except Killed:
            return True
    return False


def recover(ticks: Ticks) -> None:
    """Do what the next `make upgrade` does."""
    following = Upgrade(Steps(ticks))
    if following.read_journal():
        following.recover()


def test_upgrade_killed_anywhere_goes_back_or_is_complete(copy_newsroom, monkeypatch):
    copy_newsroom()
    old = read_state()
    run_upgrade()
    new = read_state()
    results = []
    for number in range(1, 100, 2):  # all of them take too long
        copy_newsroom()
        ticks = Ticks(number)
        is_killed = kill(ticks, monkeypatch, lambda ticks=ticks: Upgrade(Steps(ticks)).upgrade(""))
        if not is_killed:
            break
        recover(Ticks())
        assert not JOURNAL.exists()
        state = read_state()
        state.pop(".upgrade/upgrade.py", None)  # killed before there was a journal
        assert state in (old, new), number
        results.append(state == new)
    assert results == sorted(results)  # first it goes back, and at the end it is complete
    assert set(results) == {False, True}


def test_going_back_can_be_killed_anywhere_and_repeated(copy_newsroom, monkeypatch):
    copy_newsroom()
    old = read_state()
    for number in range(1, 100):
        copy_newsroom()
        with pytest.raises(Killed):
            Upgrade(KilledAtSmokeTest(Ticks())).upgrade("")
        ticks = Ticks(number)
        is_killed = kill(ticks, monkeypatch, lambda ticks=ticks: recover(ticks))
        recover(Ticks())
        assert read_state() == old, number
        if not is_killed:
            break
    assert number > 5


class KilledAtSmokeTest(Steps):
    def do(self, name: str, command: tuple[str, ...]) -> None:
        if name == "smoke_test":
            raise Killed
        super().do(name, command)


def test_going_back_that_fails_keeps_the_journal(newsroom):
    old = read_state()
    with pytest.raises(Killed):
        Upgrade(KilledAtSmokeTest(Ticks())).upgrade("")
    following = Upgrade(Steps(Ticks(), "restore"))
    assert following.read_journal()
    with pytest.raises(UpgradeError, match=r"The reason.\nGoing back failed"):
        following.recover()
    recover(Ticks())
    assert read_state() == old


def test_other_settings_are_refused_after_an_interruption(newsroom, monkeypatch):
    old = read_state()
    with pytest.raises(Killed):
        Upgrade(KilledAtSmokeTest(Ticks())).upgrade("")
    with monkeypatch.context() as context:
        context.setenv("DATABASE_URL", "postgres://other")
        with pytest.raises(UpgradeError, match=r"Set DATA_DIR to /.*/newsroom/var and DATABASE_URL"):
            recover(Ticks())
    recover(Ticks())
    assert read_state() == old


def test_damaged_index_is_replaced(newsroom):
    old = read_state()
    with pytest.raises(Killed):
        Upgrade(KilledAtSmokeTest(Ticks())).upgrade("")
    (newsroom / ".git" / "index").write_text("")
    recover(Ticks())
    assert read_state() == old


def change_file(newsroom: Path) -> None:
    (newsroom / "code.py").write_text("mine")


def add_file_of_new_version(newsroom: Path) -> None:
    (newsroom / "page" / "new").mkdir(parents=True)
    (newsroom / "page" / "new" / "view.py").write_text("mine")


def commit_here(newsroom: Path) -> None:
    commit(newsroom, {"code.py": "mine"}, "mine")


def link_environment(newsroom: Path) -> None:
    (newsroom / ".venv").rename(newsroom / "elsewhere")
    (newsroom / ".venv").symlink_to("elsewhere")


def remove_git(newsroom: Path) -> None:
    (newsroom / ".git").rename(newsroom / "git")


def remove_upstream(newsroom: Path) -> None:
    (newsroom.parent / "upstream").rename(newsroom.parent / "elsewhere")


@pytest.mark.parametrize(
    ("prepare", "sentence"),
    [
        (change_file, r"were changed here:\nM code.py\nUndo that"),
        (add_file_of_new_version, "The new version adds page/new/view.py, which exists."),
        (commit_here, "v2 isn't a later version of mine"),
        (link_environment, ".venv is a link."),
        (remove_git, "isn't a Git checkout"),
        (remove_upstream, "can't be downloaded, for the reason above. Nothing was changed."),
    ],
)
def test_upgrade_that_could_not_be_undone_is_refused(newsroom, prepare, sentence):
    prepare(newsroom)
    with pytest.raises(UpgradeError, match=sentence):
        run_upgrade()
    assert (newsroom / ".venv" / "packages").read_text() == "old"
    assert not JOURNAL.exists()


def test_running_newsroom_is_not_upgraded(newsroom):
    with (newsroom / "var" / "serve-host.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(UpgradeError, match=r"The newsroom is running\. Stop it"):
            run_upgrade()
    run_upgrade()


def test_full_disk_is_refused(newsroom, monkeypatch):
    monkeypatch.setattr(upgrade_checks, "FREE_BYTES", 2**60)
    with pytest.raises(UpgradeError, match=r"The upgrade needs \d+ MB on the disk"):
        run_upgrade()


def test_second_upgrade_at_the_same_time_is_refused(newsroom):
    with upgrade.UPGRADE_LOCK.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(UpgradeError, match="An upgrade is running"):
            upgrade.work([])


def test_go_back_without_an_interrupted_upgrade_changes_nothing(newsroom):
    before = git(newsroom, "rev-parse", "HEAD")
    assert upgrade.work(["--go-back"]) == 0
    assert git(newsroom, "rev-parse", "HEAD") == before
