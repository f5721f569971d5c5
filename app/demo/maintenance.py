"""The demo world's facilities: most kept up, one overdue, one without evidence."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from uuid import UUID

from PIL import Image, ImageDraw

from app.core.files.actions import Upload
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.demo.stage import Stage
from app.kit.clock import civil_date, now
from app.maintenance import queries
from app.maintenance.actions import UpkeepDraft, record_upkeep, register_facility
from app.maintenance.rules import FacilityKind

PLACES: tuple[str, ...] = ("garden", "old_yard")
# compound, kind, name, done so many days ago, stated next date in so many days, with a photo
FACILITIES = (
    ("garden", FacilityKind.LIFT_UPKEEP, "1 栋 1 单元电梯", 6, None, True),
    ("garden", FacilityKind.LIFT_UPKEEP, "2 栋 1 单元电梯", 13, None, True),
    ("garden", FacilityKind.LIFT_INSPECTION, "1 栋 1 单元电梯", 200, 165, True),
    ("garden", FacilityKind.LIFT_INSPECTION, "2 栋 1 单元电梯", 200, 165, True),
    ("garden", FacilityKind.FIRE_TEST, "消防设施", 150, None, True),
    ("garden", FacilityKind.WATER_TANK, "地下水箱", 209, None, True),
    ("garden", FacilityKind.WATER_QUALITY, "地下水箱", 40, None, True),
    ("garden", FacilityKind.STREET_LAMPS, "小区路灯", 12, None, True),
    ("old_yard", FacilityKind.FIRE_TEST, "楼道消火栓", 300, None, True),
    ("old_yard", FacilityKind.SEPTIC_TANK, "东侧化粪池", 90, None, True),
    ("old_yard", FacilityKind.DRAINS, "院内排水管", 100, None, True),
)


def load(stage: Stage) -> None:
    """Register the facilities; they need the compounds of the register."""
    compounds = {key: stage.places[key] for key in PLACES if key in stage.places}
    community_id = stage.community.id
    with transaction(Scope(community_id=community_id)):
        if len(compounds) < len(PLACES) or queries.facilities(community_id):
            return
        for place, kind, name, ago, stated, photo in FACILITIES:
            facility = register_facility(community_id, compounds[place], kind, name)
            keep_up(
                community_id,
                facility,
                days_ago=ago,
                next_in=stated,
                photo=photo,
                recorded_by=stage.accounts.get("property_staff"),
            )


def keep_up(
    community_id: int,
    facility_id: UUID,
    *,
    days_ago: int,
    next_in: int | None = None,
    photo: bool = True,
    recorded_by: UUID | None = None,
) -> None:
    """One piece of work some days ago."""
    today = civil_date(now())
    draft = UpkeepDraft(
        done_on=today - timedelta(days=days_ago),
        done_by="襄阳汉江物业服务有限公司",
        next_due_on=today + timedelta(days=next_in) if next_in is not None else None,
        photos=(Upload("slip.png", _slip()),) if photo else (),
    )
    record_upkeep(community_id, facility_id, draft, recorded_by=recorded_by)


def _slip() -> bytes:
    """A drawing of a filled-in slip."""
    picture = Image.new("RGB", (600, 800), "#f4f1ea")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((40, 40, 560, 760), outline="#8a8375", width=3)
    for row in range(9):
        top = 130 + 60 * row
        pen.line((70, top, 530, top), fill="#c9c2b4", width=2)
        pen.line((90, top - 18, 220 + 31 * (row % 5), top - 18), fill="#34568b", width=6)
    pen.ellipse((400, 620, 520, 740), outline="#b5332a", width=6)
    stream = BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()
