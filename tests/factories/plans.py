"""Plans of what the product reads, as the runtime role gets them; printed, to be looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from flask import Flask
from measure.record import noting
from sqlalchemy import Connection

from app.core.db import db
from app.core.tenancy import Scope, scoped

READ_IN_FULL = {"Seq Scan", "Parallel Seq Scan"}


def plans_of(
    app: Flask, community_id: int, work: Callable[[], Any], about: set[str]
) -> list[dict[str, Any]]:
    """Run something in a community; the plans of what it read of these tables."""
    with scoped(Scope(community_id=community_id)):
        with noting(app) as noted:
            work()
        read = [pair for pair in noted if pair[0].lstrip().startswith(("SELECT", "WITH"))]
        found = [plan(db.session.connection(), *pair) for pair in read]
        db.session.rollback()
    told = [one for one in found if relations(one, about)]
    assert told, f"nothing was read of {about}"
    return told


def plan(connection: Connection, statement: str, parameters: Any) -> dict[str, Any]:
    """The plan of one statement, run."""
    lines = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, BUFFERS) {statement}", parameters)
    print("\n".join([statement, *(row[0] for row in lines), ""]))  # noqa: T201 - to be looked at
    explained = f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}"
    found: dict[str, Any] = connection.exec_driver_sql(explained, parameters).scalar_one()[0]
    return dict(found["Plan"])


def nodes(one: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The plan and everything below it."""
    yield one
    for inner in one.get("Plans", ()):
        yield from nodes(inner)


def relations(one: dict[str, Any], about: set[str]) -> set[str]:
    """Which of these tables a plan reads."""
    return {str(node.get("Relation Name")) for node in nodes(one)} & about


def indexes(one: dict[str, Any]) -> set[str]:
    """Which indexes a plan reads."""
    return {node["Index Name"] for node in nodes(one) if "Index Name" in node}


def fed(node: dict[str, Any]) -> float:
    """How many rows a node got from below."""
    return max(float(inner["Actual Rows"]) * inner["Actual Loops"] for inner in node["Plans"])


def walked(one: dict[str, Any], about: set[str]) -> float:
    """How many rows of these tables a plan looked at, kept or not."""
    return sum(
        (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
        for node in nodes(one)
        if node.get("Relation Name") in about
    )
