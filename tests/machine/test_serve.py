import os
import shutil
import signal
import socket
import stat
import subprocess
from pathlib import Path

import psycopg
import pytest
from factories.patience import until

pytestmark = pytest.mark.xdist_group("machine")
SERVE = Path(__file__).resolve().parents[2] / "scripts" / "serve"


def test_a_busy_port_is_refused_in_one_sentence_before_any_work(house):
    with socket.create_server(("127.0.0.1", 0)) as occupied:
        port = occupied.getsockname()[1]
        refused = house.serve("--port", str(port))
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert f"端口 {port} 已被别的程序占用" in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_without_any_python_the_command_says_what_to_install(tmp_path):
    (tmp_path / "dirname").symlink_to(shutil.which("dirname"))
    refused = subprocess.run(
        ["/bin/sh", str(SERVE)],
        env={"PATH": str(tmp_path), "GONGZHI_VENV": "/nowhere"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 1
    assert "没有找到 Python 3.11" in refused.stderr


def test_the_ready_line_comes_last_after_the_log_ins(running_house):
    lines = running_house.output.read_text().splitlines()
    assert lines[-1] == f"ready {running_house.address}"
    assert any("1" in line and "秒]" not in line for line in lines[:-1])


def test_a_second_serve_is_refused_in_one_sentence(running_house):
    refused = running_house.serve("--port", "0")
    assert refused.returncode == 1
    assert "已经在运行" in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_secrets_are_readable_by_their_owner_only(running_house):
    for name in ("keys.json", "run.json"):
        mode = (running_house.place.home / name).stat().st_mode
        assert stat.S_IMODE(mode) == 0o600


def test_the_web_process_does_not_know_the_owner(running_house):
    web = running_house.pids()["web"]
    environment = Path(f"/proc/{web}/environ").read_bytes()
    assert b"DATABASE_URL=" in environment
    assert b"DATABASE_OWNER_URL=" not in environment


@pytest.mark.parametrize("name", ["web", "worker", "valkey", "postgres"])
def test_a_killed_program_comes_back_by_itself(running_house, name):
    killed = running_house.pids()[name]
    os.kill(killed, signal.SIGKILL)
    until(lambda: running_house.pids().get(name, 0) not in {0, killed}, "another process")
    until(running_house.ready, "ready")


def test_sigterm_stops_everything_and_the_next_start_keeps_the_data(running_house):
    with psycopg.connect(running_house.settings["DATABASE_OWNER_URL"]) as connection:
        connection.execute("CREATE TABLE kept_over_a_stop (id integer)")
    assert running_house.stop() == 0
    assert running_house.processes() == []
    running_house.start()
    with psycopg.connect(running_house.settings["DATABASE_OWNER_URL"]) as connection:
        connection.execute("DROP TABLE kept_over_a_stop")


def test_a_second_start_neither_installs_nor_migrates(running_house):
    if running_house.starts == 1:
        running_house.stop()
        running_house.start()
    said = running_house.output.read_text()
    assert "安装" not in said
    assert "更新数据库结构" not in said


def test_after_kill_9_of_serve_and_its_process_manager_the_next_start_recovers(running_house):
    os.kill(running_house.supervisor_pid(), signal.SIGSTOP)
    running_house.process.kill()
    os.kill(running_house.supervisor_pid(), signal.SIGKILL)
    running_house.process.wait()
    assert running_house.processes()
    running_house.start()
    assert "已清理遗留的进程" in running_house.output.read_text()
    assert running_house.ready()


def test_after_kill_9_of_every_process_the_next_start_recovers(running_house):
    running_house.process.kill()
    running_house.process.wait()
    for pid in running_house.processes():
        os.kill(pid, signal.SIGKILL)
    running_house.start()
    assert running_house.ready()
