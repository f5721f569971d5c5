"""The worker's entry point: `python -m app.worker [number of processes]`.

Jobs are done in the worker's own process, one after the other: most are short, and a process and a
connection of its own for each would be spent on starting. A worker that dies is started again by
the pool, and its message comes back (decision 3).
"""

from __future__ import annotations

import sys

from redis import Redis
from rq import Queue
from rq.job import Job
from rq.worker import SimpleWorker
from rq.worker_pool import WorkerPool

from app import create_app
from app.core.config import Config
from app.core.queue import QUEUE

flask_app = create_app()


class MessageWorker(SimpleWorker):
    """A worker that does each job inside the application and keeps its connections."""

    def execute_job(self, job: Job, queue: Queue) -> None:  # noqa: D102 - RQ's hook
        with flask_app.app_context():
            super().execute_job(job, queue)


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
