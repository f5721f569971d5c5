"""The common places of the demo compound, marked on its plan."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

from app.complaints.actions import spots
from app.complaints.queries.spots import common_places
from app.complaints.rules.places import PlanPoint
from app.core.files.actions import Upload
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.demo.stage import Stage

COMMON_PLACES = {
    "南门": PlanPoint(500, 930),
    "北门": PlanPoint(500, 60),
    "地下车库入口": PlanPoint(180, 760),
    "儿童乐园": PlanPoint(500, 480),
    "垃圾分类亭": PlanPoint(830, 760),
}
_DARK = (96, 90, 82)


def load(stage: Stage) -> None:
    """List the places, once."""
    community_id, compound_id = stage.community.id, stage.places.get("garden")
    office = stage.accounts.get("staff")
    if compound_id is None or office is None:
        return
    with transaction(Scope(community_id=community_id)):
        if common_places(community_id, compound_id):
            return
        spots.set_plan(community_id, compound_id, office, Upload("plan.png", draw_plan()))
        for name, point in COMMON_PLACES.items():
            spots.add_common_place(community_id, compound_id, name, point)


def draw_plan() -> bytes:
    """A plan of the compound: two gates, two rows of buildings, a garden between them."""
    image = Image.new("RGB", (1200, 900), (238, 234, 224))
    pen = ImageDraw.Draw(image)
    pen.rectangle((60, 50, 1140, 850), fill=(226, 232, 214), outline=_DARK, width=6)
    pen.rectangle((540, 50, 660, 850), fill=(206, 202, 194))
    pen.rectangle((60, 640, 1140, 730), fill=(206, 202, 194))
    for left in (120, 320, 700, 900):
        for top in (120, 450):
            pen.rectangle((left, top, left + 150, top + 110), fill=(196, 170, 140), outline=_DARK)
    pen.ellipse((520, 350, 680, 510), fill=(150, 190, 150), outline=_DARK)
    pen.rectangle((140, 740, 290, 830), fill=(170, 176, 184), outline=_DARK)
    pen.rectangle((960, 750, 1040, 820), fill=(110, 140, 110), outline=_DARK)
    target = io.BytesIO()
    image.save(target, "PNG")
    return target.getvalue()
