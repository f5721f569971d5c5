"""Owner registers and people for the tests of the register."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from uuid import UUID

from factories.world import World
from openpyxl import Workbook
from sqlalchemy import select

from app.core.access.roles import Role
from app.core.db import db
from app.core.files.actions import Upload
from app.core.tenancy import CommunityRef, Scope
from app.core.transaction import transaction
from app.kit.identity import resident_check
from app.registry.actions import intake
from app.registry.models import Compound, Owner, Ownership, PropertyUnit, RegisterImport
from app.registry.queries.checking import faults

HEADS = ("楼栋", "单元", "房号", "面积", "业主姓名", "手机", "证件号", "份额")


def identity(number: int) -> str:
    """A well-formed number."""
    born = date(1900, 1, 1) + timedelta(days=number)
    first17 = f"420602{born:%Y%m%d}{number % 1000:03d}"
    return first17 + resident_check(first17)


def as_csv(*rows, heads=HEADS, encoding="utf-8") -> bytes:
    """A register as CSV."""
    target = io.StringIO(newline="")
    csv.writer(target).writerows([heads, *rows])
    return target.getvalue().encode(encoding)


def as_xlsx(*rows, heads=HEADS, prepare=None) -> bytes:
    """A register as a workbook."""
    book = Workbook()
    for row in (heads, *rows):
        book.active.append(row)
    if prepare:
        prepare(book.active)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


class Register:
    """A compound whose register is imported through the real jobs."""

    def __init__(self, world: World, community: CommunityRef | None = None) -> None:
        self.world = world
        self.community = community or world.community()
        self.staff = world.member(self.community, Role.COMMUNITY_STAFF)
        self.compound_id = world.compound(self.community)
        self.scope = Scope(community_id=self.community.id)

    def upload(self, data: bytes) -> UUID:
        """Upload without letting the worker begin."""
        with self.world.app.app_context(), transaction(self.scope):
            return intake.upload_register(
                self.community.id,
                self.compound_id,
                Upload("名册", data),
                uploaded_by=self.staff.id,
            )

    def check(self, data: bytes) -> UUID:
        """Upload and let the worker check."""
        import_id = self.upload(data)
        self.world.work_off(self.community)
        return import_id

    def start(self, import_id: UUID) -> None:
        """Ask for the merge without letting the worker begin."""
        with self.world.app.app_context(), transaction(self.scope):
            intake.start_apply(self.community.id, import_id)

    def merge(self, data: bytes) -> RegisterImport:
        """Upload, check and, if there is something to do, merge."""
        import_id = self.check(data)
        if self.state(import_id).state == "checked":
            self.start(import_id)
            self.world.work_off(self.community)
        return self.state(import_id)

    def state(self, import_id: UUID) -> RegisterImport:
        """The upload as it stands."""
        with self.world.app.app_context(), transaction(self.scope):
            row = db.session.get_one(RegisterImport, (self.community.id, import_id))
            db.session.expunge(row)
            return row

    def faults(self, import_id: UUID) -> list[tuple[int, str]]:
        """Line and column of every fault."""
        with self.world.app.app_context(), transaction(self.scope):
            return [(row.line, row.column_title) for row in faults(self.community.id, import_id)]

    def snapshot(self) -> dict[str, list[tuple[object, ...]]]:
        """Everything the register holds, to compare."""
        with self.world.app.app_context(), transaction(self.scope):
            tables = {
                "units": (PropertyUnit.label, PropertyUnit.area_centi, PropertyUnit.version),
                "owners": (Owner.id, Owner.name, Owner.phone, Owner.identity_index, Owner.version),
                "shares": (
                    Ownership.id,
                    Ownership.owner_id,
                    Ownership.share_numerator,
                    Ownership.share_denominator,
                    Ownership.ended_at,
                ),
            }
            return {
                name: sorted(map(tuple, db.session.execute(select(*columns))), key=repr)
                for name, columns in tables.items()
            }

    def holders(self) -> dict[str, list[tuple[str, str]]]:
        """Units with the present owners and their shares."""
        with self.world.app.app_context(), transaction(self.scope):
            rows = db.session.execute(
                select(
                    PropertyUnit.label,
                    Owner.name,
                    Ownership.share_numerator,
                    Ownership.share_denominator,
                )
                .join(Ownership, Ownership.unit_id == PropertyUnit.id)
                .join(Owner, Owner.id == Ownership.owner_id)
                .where(Ownership.ended_at.is_(None))
                .order_by(PropertyUnit.label, Owner.name)
            )
            held: dict[str, list[tuple[str, str]]] = {}
            for label, name, numerator, denominator in rows:
                held.setdefault(label, []).append((name, f"{numerator}/{denominator}"))
            return held

    def compound_name(self) -> str:
        """The compound's name."""
        with self.world.app.app_context(), transaction(self.scope):
            return db.session.get_one(Compound, (self.community.id, self.compound_id)).name
