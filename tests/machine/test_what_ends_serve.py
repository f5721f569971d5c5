"""What closes the house for good; last, since whatever follows would have to open it again."""

import os
import signal

import pytest
from factories.patience import until

pytestmark = pytest.mark.xdist_group("machine")


def test_when_the_process_manager_is_killed_serve_cleans_up_and_says_so(running_house):
    os.kill(running_house.supervisor_pid(), signal.SIGKILL)
    assert running_house.process.wait(60) == 1
    assert "进程管理器意外退出" in running_house.output.read_text()
    assert running_house.processes() == []


def test_after_kill_9_of_serve_everything_ends_by_itself(running_house):
    running_house.process.kill()
    running_house.process.wait()
    until(lambda: running_house.processes() == [], "the end of every process")


def test_reset_is_refused_without_a_terminal_or_yes(house):
    if house.is_open():
        house.stop()
    refused = house.serve("--port", str(house.port), "--reset")
    assert refused.returncode == 1
    assert "--yes" in refused.stderr
