"""Becomes the process manager, which ends in good order when its starter is gone."""

import ctypes
import os
import signal
import sys
from typing import NoReturn

PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> NoReturn:
    """`supervise CONFIGURATION STARTER_PID`, called by the instance."""
    configuration, starter = arguments
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(starter):
        sys.exit(1)
    python = sys.executable
    os.execv(python, [python, "-m", "supervisor.supervisord", "-c", configuration])
