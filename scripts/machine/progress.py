"""What the person in front of the screen is told: progress, problems, and a clean end."""

import errno
import os
import signal
import sys
import time
from collections.abc import Callable
from types import FrameType

STARTED = "GONGZHI_STARTED"
os.environ.setdefault(STARTED, repr(time.time()))


class Problem(Exception):  # noqa: N818 - it is a sentence for the user, not a defect
    """The command cannot go on; the message is one clear sentence."""


class Stopped(BaseException):
    """Somebody asked the command to stop (Ctrl-C, SIGTERM, a closed terminal)."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def elapsed() -> float:
    """Seconds since the command was typed, across the change into the environment."""
    return time.time() - float(os.environ[STARTED])


def say(text: str) -> None:
    """Print one line of progress with the seconds so far."""
    print(f"[{elapsed():6.1f} 秒] {text}", flush=True)


def say_if_heard(text: str) -> None:
    """As `say`, for the way out: nobody may be listening any more."""
    try:
        say(text)
    except OSError:
        _silence()


def watch_signals() -> None:
    """Turn the usual stop signals into Stopped; what the caller ignores stays ignored."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stop)


def ignore_signals() -> None:
    """From here on the command is ending; a second Ctrl-C must not cut that short."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def _stop(number: int, _frame: FrameType | None) -> None:
    raise Stopped(number)


def guarded(main: Callable[[list[str]], int], arguments: list[str]) -> int:
    """Run a command; turn foreseeable failures into one sentence and a non-zero exit."""
    try:
        return main(arguments)
    except Problem as problem:
        _complain(str(problem))
    except Stopped as stopped:
        return 128 + stopped.number
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except BrokenPipeError:
        _silence()
    except PermissionError as error:
        _complain(f"没有权限读写 {error.filename}，请检查它的所有者后重试。")
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        _complain(f"磁盘已满，写不下 {error.filename or '数据'}，请腾出空间后重试。")
    return 1


def _complain(sentence: str) -> None:
    try:
        print(f"错误：{sentence}", file=sys.stderr, flush=True)
    except OSError:
        _silence()


def _silence() -> None:
    null = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(null, stream.fileno())
