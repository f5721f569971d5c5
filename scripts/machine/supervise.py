"""Becomes the process manager, which ends in good order when its starter is gone."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> int:
    """`supervise CONFIGURATION STARTER_PID`, called by the instance."""
    configuration, starter = arguments
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(starter):
        return 1
    os.execv(sys.executable, [sys.executable, "-m", "supervisor.supervisord", "-c", configuration])
