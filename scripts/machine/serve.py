"""`./scripts/serve`: everything 共治 needs on this machine, from nothing to ready."""

import argparse
import contextlib
import errno
import os
import socket
import sys

from machine import frontend, locks, packages
from machine.locations import PLACE_BYTES, Place, place_for, require_space
from machine.progress import Problem, say, watch_signals

ALREADY = "这个目录的 serve 已经在运行；请先在它的窗口按 Ctrl-C 停止。"


def main(arguments: list[str]) -> int:
    """Bring everything up, then stay until told to stop."""
    watch_signals()
    options = _options(arguments)
    place = place_for("serve")
    locks.hold(place.lock, ALREADY)
    _clear_the_way(place)
    _require_port(options.host, options.port)
    require_space(place.home.parent, PLACE_BYTES)
    if options.reset:
        _reset(place, sure=options.yes)
    packages.enter(".venv", packages.RUNTIME)
    _clear_the_way(place)
    frontend.build()
    place.make()
    from machine import house  # noqa: PLC0415 - needs the packages installed above

    return house.keep_open(place, options.host, options.port)


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./scripts/serve", description="在本机启动共治：网页、后台任务、定时任务和演示数据。"
    )
    parser.add_argument("--host", default="127.0.0.1", help="监听地址（默认 127.0.0.1）")
    parser.add_argument("--port", type=int, default=8000, help="监听端口（默认 8000）")
    parser.add_argument("--reset", action="store_true", help="先删除本机的全部数据，重新开始")
    parser.add_argument("--yes", action="store_true", help="与 --reset 同用：不再询问")
    return parser.parse_args(arguments)


def _clear_the_way(place: Place) -> None:
    # Needs psutil, which a first start does not have yet - and then nothing was left behind.
    with contextlib.suppress(ModuleNotFoundError):
        from machine.instance import recover  # noqa: PLC0415 - see above

        recover(place)


def _require_port(host: str, port: int) -> None:
    if not 1 <= port <= 65535:  # noqa: PLR2004 - the range of TCP ports
        raise Problem(f"端口 {port} 不存在，请用 1 到 65535 之间的数。")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen()
    except socket.gaierror:
        raise Problem(f"找不到地址 {host}，请检查 --host。") from None
    except OSError as error:
        raise Problem(_port_sentence(error, host, port)) from None


def _port_sentence(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"端口 {port} 已被别的程序占用；请停止那个程序，"
            f"或换一个端口：./scripts/serve --port {port + 1}"
        )
    if error.errno == errno.EACCES:
        return f"没有权限使用端口 {port}，请换一个大于 1023 的端口。"
    return f"无法在 {host}:{port} 上监听：{error.strerror}"


def _reset(place: Place, *, sure: bool) -> None:
    if os.environ.get("DATABASE_URL"):
        raise Problem("--reset 只清除本机内置的数据；DATABASE_URL 指定的数据库请自行清空。")
    if not place.home.exists():
        return
    if not sure:
        if not sys.stdin.isatty():
            raise Problem("--reset 会删除全部数据；没有终端可以询问，请加上 --yes 确认。")
        answer = input(f"将删除 {place.home} 中的全部数据，无法恢复。输入 yes 继续：")
        if answer.strip().lower() != "yes":
            raise Problem("没有确认，未删除任何数据。")
    place.remove()
    # The program that replaces this one must not ask again.
    sys.argv = [part for part in sys.argv if part not in {"--reset", "--yes"}]
    say("已删除旧数据。")
