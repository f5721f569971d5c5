"""The worker's entry point: `python -m app.worker [number of processes]`.

The application is composed once, before RQ forks a process for each job.
"""

from __future__ import annotations

import sys

from redis import Redis
from rq import Queue
from rq.job import Job
from rq.worker import Worker
from rq.worker_pool import WorkerPool

from app import create_app
from app.core.config import Config
from app.core.db import db
from app.core.queue import QUEUE

flask_app = create_app()


class MessageWorker(Worker):
    """A worker whose forked child runs inside the application, with connections of its own."""

    def main_work_horse(self, job: Job, queue: Queue) -> None:  # noqa: D102 - RQ's hook
        with flask_app.app_context():
            db.engine.dispose(close=False)
            super().main_work_horse(job, queue)


def main() -> None:
    """Run a pool of workers until SIGTERM."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    config: Config = flask_app.extensions["gongzhi.config"]
    pool = WorkerPool(
        [QUEUE],
        connection=Redis.from_url(config.redis_url),
        num_workers=count,
        worker_class=MessageWorker,
    )
    pool.start(logging_level="WARNING")


if __name__ == "__main__":
    main()
