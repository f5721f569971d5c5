"""Catalogues of a community's own, as tests need them."""

from __future__ import annotations

import csv
import io

from app.complaints.actions import catalogue as actions
from app.complaints.models import CatalogueImport
from app.complaints.queries import catalogue
from app.complaints.rules.catalogue import SHIPPED
from app.complaints.rules.catalogue_lines import Column, cells_of
from app.core.db import db
from app.core.files.actions import Upload
from app.core.tenancy import Scope
from app.core.transaction import transaction

HEADS = tuple(column.value for column in Column)


def shipped_lines():
    """What we ship as lines of a table, by code."""
    return {code: list(cells_of(item)) for code, item in SHIPPED.items.items()}


def as_csv(lines, heads=HEADS) -> bytes:
    target = io.StringIO(newline="")
    csv.writer(target).writerows([heads, *lines])
    return target.getvalue().encode()


def changed(code="property.lighting", *, without=(), new=(), **cells) -> bytes:
    """Ours with other cells in one line, some lines gone and some new: the columns by name."""
    lines = shipped_lines()
    for name, value in cells.items():
        lines[code][HEADS.index(Column[name.upper()].value)] = value
    return as_csv([*(line for one, line in lines.items() if one not in without), *new])


def line(
    title, *, code="", group="小区里的事", hint="", who="物业", urgency="", limit="", basis=""
):
    return [code, group, title, hint, who, urgency, limit, basis]


def upload(world, street, data: bytes, name="目录.csv"):
    """Upload and have it checked; the upload as it then stands."""
    scope = Scope(community_id=street.community.id)
    with world.app.app_context(), transaction(scope):
        import_id = actions.upload_catalogue(
            street.community.id, Upload(name, data), uploaded_by=street.office.id
        )
    world.work_off(street.community)
    with world.app.app_context(), transaction(scope):
        row = db.session.get_one(CatalogueImport, (street.community.id, import_id))
        db.session.expunge(row)
        return row


def publish(world, street, data: bytes, *, seen=None, note="换成我们的") -> int:
    """Upload, check and publish; the number of the new version."""
    row = upload(world, street, data)
    with world.app.app_context(), transaction(Scope(community_id=street.community.id)):
        holding = catalogue.current(street.community.id)
        number = 0 if holding is SHIPPED else int(holding.version)
        return actions.publish_import(
            street.community.id,
            row.id,
            seen=number if seen is None else seen,
            note=note,
            published_by=street.office.id,
        )
