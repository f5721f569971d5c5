"""The limit: a bare Flask view that replays recorded SQL through a raw psycopg pool.

The statements and their parameters are those our own views sent for the same requests, on an
identical database; a file that is sent along is kept as it came. Started like the product:
`granian --interface wsgi measure.limit:app`.
"""

from __future__ import annotations

import os
import pickle
import secrets
from functools import cache
from pathlib import Path

from flask import Flask, request
from psycopg_pool import ConnectionPool

OPTIONS = "-c timezone=UTC"
FOLDER = Path(os.environ["FILES_DIR"])
app = Flask(__name__)
transcripts: dict[str, list[list[tuple[str, object]]]] = pickle.loads(  # noqa: S301 - our own file
    Path(os.environ["TRANSCRIPTS"]).read_bytes()
)


@cache
def pool() -> ConnectionPool:
    """One pool a worker."""
    return ConnectionPool(
        os.environ["LIMIT_DATABASE_URL"],
        min_size=2,
        max_size=10,
        kwargs={"options": OPTIONS},
        open=True,
    )


def keep(data: bytes) -> None:
    """Bytes on disk, without looking at them."""
    with (FOLDER / secrets.token_hex(16)).open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


@app.route("/healthz")
def healthz() -> str:
    """The process answers."""
    return "ok"


@app.route("/<row>/<int:number>", methods=["GET", "POST"])
def replay(row: str, number: int) -> str:
    """Run one recorded transaction."""
    _ = request.form
    for sent in request.files.values():
        keep(sent.read())
    statements = transcripts[row][number]
    if statements:
        with pool().connection() as connection, connection.cursor() as cursor:
            for statement, parameters in statements:
                cursor.execute(statement, parameters or None)
                if cursor.description is not None:
                    cursor.fetchall()
    return "ok"
