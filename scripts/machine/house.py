"""The product in operation on this machine: prepared, opened, watched, closed."""

import time
import urllib.error
import urllib.request

from machine.instance import Instance, running
from machine.locations import Place
from machine.preparation import prepare, unchanged
from machine.programs import application
from machine.progress import Problem, Stopped, say

CHECK_SECONDS = 1.0
RETRY_SECONDS = 15.0
ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - looked up, not bound


def keep_open(place: Place, host: str, port: int) -> int:
    """Start everything, say that it is ready, and stay until told to stop."""
    address = _address(host, port)
    programs = application(host, port)
    names = tuple(program.name for program in programs)
    instance = Instance(
        place, mode="development", extra={"BASE_URL": address, "DEMO": "1"}, use_given=True
    )
    with running(instance):
        say("启动数据库和队列…")
        # The page first: on a small machine the others would only slow it down. It takes longest,
        # so where nothing changed it starts together with the servers.
        web, *others = names
        early = (web,) if unchanged(instance) else ()
        instance.start_stores(programs, early)
        log_ins, new = prepare(instance)
        say("启动网页、后台任务和定时任务…")
        if not early:
            instance.launch(web)
        instance.wait(lambda: _ready(address), what="等待网页就绪", watched=(web,))
        instance.launch(*others)
        if new:
            instance.wait_until_settled(names)
        say(f"数据在 {place.home}；按 Ctrl-C 停止。")
        print(f"\n{log_ins}\n\nready {address}", flush=True)
        try:
            return _watch(instance)
        except Stopped:
            return 0


def _address(host: str, port: int) -> str:
    reachable = ANYWHERE.get(host, host)
    return f"http://[{reachable}]:{port}" if ":" in reachable else f"http://{reachable}:{port}"


def _ready(address: str) -> bool:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(f"{address}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)  # noqa: PLR2004 - HTTP's own word for ready
    except (OSError, urllib.error.URLError):
        return False


def _watch(instance: Instance) -> int:
    known = {name: pid for name, (_, pid) in instance.states().items()}
    failed: dict[str, float] = {}
    while True:
        time.sleep(CHECK_SECONDS)
        if not instance.alive():
            raise Problem("进程管理器意外退出，全部服务已停止；请重新运行 ./scripts/serve。")
        for name, (state, pid) in instance.states().items():
            if state == "FATAL":
                _try_again(instance, name, failed)
            elif pid and pid != known.get(name):
                say(f"{name} 退出后已自动重新启动。")
                known[name] = pid


def _try_again(instance: Instance, name: str, failed: dict[str, float]) -> None:
    now = time.monotonic()
    if name not in failed:
        say(f"{name} 反复退出，每 {RETRY_SECONDS:.0f} 秒再试一次。{instance.last_lines(name)}")
    if now - failed.get(name, 0) >= RETRY_SECONDS:
        failed[name] = now
        instance.launch(name)
