"""Where a checkout keeps its data, its locks and its sockets."""

import grp
import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from machine.progress import Problem

PROJECT = Path(__file__).resolve().parents[2]
SCRIPTS = PROJECT / "scripts"
SHARED = Path("/var/lib/gongzhi")
SERVER_USER = "gongzhi"
# sun_path holds 104 bytes on BSD and macOS, 108 on Linux; supervisord appends ".<pid>".
LONGEST_SOCKET_FOLDER = 103 - len("/pg/.s.PGSQL.5432.lock")
# What the packages and the front end take, and what a place needs to work with.
PACKAGES_BYTES = 1_200 * 2**20
PLACE_BYTES = 300 * 2**20


@dataclass(frozen=True)
class Account:
    """The OS user that database files belong to."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True)
class Place:
    """The folder of one purpose (serve, test, bench) of one checkout."""

    home: Path
    sockets: Path
    server_account: Account | None

    @property
    def logs(self) -> Path:
        """Logs of every program, one file each."""
        return self.home / "logs"

    @property
    def lock(self) -> Path:
        """Held while a command uses this place; outlives a reset."""
        return self.home.with_name(f"{self.home.name}.lock")

    def make(self) -> None:
        """Create the folders, readable only by those who need them."""
        self.home.mkdir(parents=True, exist_ok=True)
        # The server account must be able to walk in, but not to look around.
        self.home.chmod(0o711 if self.server_account else 0o700)
        for folder in (self.logs, self.home / "files"):
            folder.mkdir(exist_ok=True)
            folder.chmod(0o700)
        self._make_sockets()

    def make_for_server(self, folder: Path) -> None:
        """Create a folder that the database server owns."""
        folder.mkdir(mode=0o700, exist_ok=True)
        self.give_to_server(folder)

    def give_to_server(self, path: Path) -> None:
        """Make the database server's account the owner."""
        if self.server_account:
            os.chown(path, self.server_account.uid, self.server_account.gid)

    def remove(self) -> None:
        """Delete all data of this place."""
        for folder in {self.home, self.sockets}:
            if folder.exists():
                shutil.rmtree(folder)

    def _make_sockets(self) -> None:
        if self.sockets.parent != self.home:
            _make_private(self.sockets.parent)
        self.sockets.mkdir(exist_ok=True)
        self.sockets.chmod(0o711 if self.server_account else 0o700)
        self.make_for_server(self.sockets / "pg")


def place_for(purpose: str) -> Place:
    """Find the place for a purpose: inside the project, or the system's own for root."""
    override = os.environ.get("GONGZHI_DATA_DIR")
    if os.geteuid() == 0:
        account = _server_account()
        checkout = Path(override).resolve() if override else PROJECT
        home = SHARED / _mark(checkout) / purpose
        home.parent.mkdir(parents=True, exist_ok=True)
        return Place(home, home / "run", account)
    home = (Path(override).resolve() if override else PROJECT / "var") / purpose
    home.parent.mkdir(parents=True, exist_ok=True)
    return Place(home, _socket_folder(home), None)


def require_space(folder: Path, needed: int) -> None:
    """Refuse early when the disk cannot hold what is about to be written."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise Problem(
            f"磁盘空间不足：{folder} 所在磁盘只剩 {free // 2**20} MB，"
            f"需要 {needed // 2**20} MB，请腾出空间后重试。"
        )


def _mark(path: Path) -> str:
    return hashlib.sha256(str(path).encode()).hexdigest()[:12]


def _socket_folder(home: Path) -> Path:
    if len(os.fsencode(home / "run")) <= LONGEST_SOCKET_FOLDER:
        return home / "run"
    base = Path(os.environ.get("XDG_RUNTIME_DIR") or "/tmp")  # noqa: S108 - made private below
    if base == Path("/tmp") or not os.access(base, os.W_OK):  # noqa: S108
        base = Path("/tmp")  # noqa: S108
    return base / f"gongzhi-{os.getuid()}" / _mark(home)


def _make_private(folder: Path) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if (
        not stat.S_ISDIR(found.st_mode)
        or found.st_uid != os.geteuid()
        or stat.S_IMODE(found.st_mode) & 0o077
    ):
        raise Problem(f"{folder} 不是只属于当前用户的文件夹，请删除它后重试。")


def _server_account() -> Account:
    try:
        found = pwd.getpwnam(SERVER_USER)
    except KeyError:
        _create_server_account()
        found = pwd.getpwnam(SERVER_USER)
    return Account(found.pw_name, found.pw_uid, found.pw_gid)


def _create_server_account() -> None:
    tool = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if sys.platform != "linux" or tool is None:
        raise Problem("PostgreSQL 不能以 root 运行，这里又无法建立专用账号；请改用普通用户运行。")
    command = [tool, "--system", "--no-create-home", "--home-dir", str(SHARED)]
    command += ["--shell", "/usr/sbin/nologin", _group_option(), SERVER_USER]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode:
        raise Problem(f"无法建立系统账号 {SERVER_USER}：{made.stderr.strip()}")


def _group_option() -> str:
    try:
        grp.getgrnam(SERVER_USER)
    except KeyError:
        return "--user-group"
    return f"--gid={SERVER_USER}"
