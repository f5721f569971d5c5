"""Recording: run requests through the product in this process and note the SQL they send."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event

from app.core.db import db
from app.core.tenancy import current_scope
from measure.requests import Prepared


class UnexpectedAnswerError(Exception):
    """A request was not answered as prepared."""


Statement = tuple[str, Any]


@contextmanager
def noting(app: Flask) -> Iterator[list[Statement]]:
    """Collect statements and parameters sent to the database meanwhile.

    The product begins and announces its scope in one statement; here the scope stands alone,
    because the driver of the limit begins by itself.
    """
    statements: list[Statement] = []

    def begun(_connection: Any) -> None:
        scope = current_scope().statement().partition(";")[2]
        if scope:
            statements.append((scope, None))

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        statements.append((statement, parameters))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "begin", begun)
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
        event.remove(engine, "begin", begun)


def record(app: Flask, requests: list[Prepared]) -> list[list[Statement]]:
    """The statements of each request. Raises UnexpectedAnswerError."""
    client = app.test_client(use_cookies=False)
    transcripts = []
    with noting(app) as statements:
        for prepared in requests:
            statements.clear()
            answer = client.open(
                prepared.path,
                method=prepared.method,
                headers=prepared.headers,
                data=prepared.content,
            )
            if answer.status_code != prepared.status:
                raise UnexpectedAnswerError(
                    f"{prepared.path} answered {answer.status} instead of {prepared.status}:"
                    f" {answer.get_data(as_text=True)[-1500:]}"
                )
            transcripts.append(list(statements))
    return transcripts
