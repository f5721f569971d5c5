"""The one table of what runs: servers, web, worker, cron and relay."""

from dataclasses import asdict, dataclass, field

PYTHON = "{python}"
OWNER_ONLY = ("DATABASE_OWNER_URL", "DATABASE_ADMIN_URL")


@dataclass(frozen=True)
class Program:
    """One supervised program; `withheld` are the addresses it must not know."""

    name: str
    command: tuple[str, ...]
    withheld: tuple[str, ...] = OWNER_ONLY
    stop_signal: str = "TERM"
    stop_seconds: int = 15
    store: bool = False
    bare: bool = False
    environment: dict[str, str] = field(default_factory=dict)

    def described(self) -> dict[str, object]:
        """As it is written down for the launcher."""
        return asdict(self)


def application(host: str, port: int) -> tuple[Program, ...]:
    """The programs of the product itself."""
    return (
        Program(
            "web",
            (
                *(PYTHON, "-m", "granian", "--interface", "wsgi", "wsgi:app"),
                *("--host", host, "--port", str(port), "--workers", "2", "--no-ws"),
                *("--blocking-threads", "4", "--respawn-failed-workers"),
                *("--respawn-interval", "0.5", "--workers-kill-timeout", "10"),
            ),
        ),
        Program("worker", (PYTHON, "-m", "app.worker", "2")),
        Program("cron", (PYTHON, "-m", "rq.cli", "cron", "app/schedule.py")),
        Program("relay", (PYTHON, "-m", "flask", "--app", "wsgi", "outbox", "relay")),
    )
