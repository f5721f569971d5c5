"""Figures of a run: medians over rounds, as a table and as JSON."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import psutil


@dataclass(frozen=True)
class Row:
    """One measured kind of request. Rates in requests a second, times in ms, memory in MiB."""

    name: str
    limit_rps: float
    ours_rps: float
    ratio: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    worker_mib: float

    def as_json(self) -> dict[str, Any]:
        """The row of the JSON file."""
        return asdict(self)


def rate(run: dict[str, Any]) -> float:
    """Requests a second of one round."""
    return len(run["latencies"]) / float(run["seconds"])


def row_of(
    name: str, limits: Sequence[dict[str, Any]], ours: Sequence[dict[str, Any]], worker_mib: float
) -> Row:
    """Medians of the rounds; percentiles over all requests of ours."""
    limit, own = (statistics.median(rate(run) for run in runs) for runs in (limits, ours))
    latencies = sorted(second * 1000 for run in ours for second in run["latencies"])
    return Row(
        name=name,
        limit_rps=round(limit, 1),
        ours_rps=round(own, 1),
        ratio=round(own / limit, 3),
        p50_ms=round(percentile(latencies, 50), 2),
        p95_ms=round(percentile(latencies, 95), 2),
        p99_ms=round(percentile(latencies, 99), 2),
        worker_mib=round(worker_mib, 1),
    )


def largest_worker_mib(parent_pid: int) -> float:
    """Peak resident memory of the biggest worker below this process (Linux), in MiB."""
    peaks = [_peak_mib(child.pid) for child in psutil.Process(parent_pid).children(recursive=True)]
    return max(peaks, default=0.0)


def table(rows: list[Row]) -> str:
    """The rows for a terminal."""
    head = f"{'row':<18}{'limit/s':>10}{'ours/s':>10}{'ratio':>8}"
    head += f"{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'MiB':>8}"
    lines = [head, "-" * len(head)]
    lines += [
        f"{row.name:<18}{row.limit_rps:>10.1f}{row.ours_rps:>10.1f}{row.ratio:>8.3f}"
        f"{row.p50_ms:>9.2f}{row.p95_ms:>9.2f}{row.p99_ms:>9.2f}{row.worker_mib:>8.1f}"
        for row in rows
    ]
    return "\n".join(lines)


def percentile(ordered: list[float], percent: int) -> float:
    """The value below which so many of a hundred lie."""
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def _peak_mib(pid: int) -> float:
    try:
        with open(f"/proc/{pid}/status") as status:  # noqa: PTH123 - not a file of ours
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) / 1024
    except OSError:
        pass
    return psutil.Process(pid).memory_info().rss / 2**20
