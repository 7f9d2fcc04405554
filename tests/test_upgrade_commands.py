"""How carecen_news/upgrade.py runs commands, and ends those that an interrupted upgrade left running."""

import subprocess
import sys

import pytest

from carecen_news import upgrade
from carecen_news.upgrade import UpgradeError

pytestmark = pytest.mark.one_database


def test_processes_of_an_interrupted_upgrade_are_ended(tmp_path, monkeypatch):
    monkeypatch.setattr(upgrade, "STEPS_LOCK", tmp_path / "steps.lock")
    with (tmp_path / "steps.lock").open("w") as file:
        code = "import time; time.sleep(60)"
        with subprocess.Popen([sys.executable, "-c", code], pass_fds=[file.fileno()]) as process:
            upgrade.end_steps()
            assert process.wait(10) == -9


def test_failed_command_is_its_last_lines(tmp_path):
    code = "import sys; print(*range(20), sep='\\n'); sys.exit('The end.')"
    with pytest.raises(UpgradeError) as error:
        upgrade.run(sys.executable, "-c", code)
    assert str(error.value).splitlines()[-2:] == ["19", "The end."]
    with pytest.raises(UpgradeError, match="no-such-program isn't installed"):
        upgrade.run("no-such-program")
