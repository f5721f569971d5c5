"""A dozen complaints of the demo community, in every state, filed and worked through actions."""

from __future__ import annotations

import io
import uuid
from dataclasses import dataclass
from uuid import UUID

from PIL import Image, ImageDraw, ImageFilter

from app.complaints.actions import joining
from app.complaints.actions.desk import save_template
from app.complaints.actions.dispatching import Wanted, add_rule
from app.complaints.actions.filing import Report, file_complaint
from app.complaints.actions.steps import Given, Worker, take_step
from app.complaints.permissions import Desk
from app.complaints.queries import cases, lists
from app.complaints.rules.answers import Ground, Rating
from app.complaints.rules.places import PlaceChoice, PlaceKind
from app.complaints.rules.states import Action
from app.core.files.actions import Upload
from app.core.files.jobs import clean_photo
from app.core.files.queries import waiting_photos
from app.core.tenancy import Scope
from app.core.transaction import transaction
from app.demo.stage import Stage
from app.registry.queries import homes_of

_NAMESPACE = uuid.UUID("6a1f0f54-6f0c-4c57-9f0e-7d5a8a3c2b10")
_WALL, _DARK = (214, 207, 196), (96, 90, 82)
_SIZE = (1200, 900)


@dataclass(frozen=True, slots=True)
class Told:
    """One step of a story: who (property, office, resident), what, and the words."""

    who: str
    action: Action
    text: str = ""
    rating: Rating | None = None
    ground: Ground | None = None
    picture: str | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """A complaint of the demo world."""

    category: str
    text: str
    steps: tuple[Told, ...] = ()
    note: str = ""
    picture: str | None = None
    anonymous: bool = False
    at_home: bool = False
    elsewhere: bool = False


REPLIES = (
    ("已派人", "您好，师傅已经出发，大约半小时内到现场。"),
    ("等配件", "您好，需要的配件已经订货，到货后马上安装，给您添麻烦了。"),
    ("请约时间", "您好，需要进屋查看，请回复方便的时间，我们上门。"),
)
_SIGN = Told("property", Action.ACCEPT)
STORIES = (
    Story(
        "property.burst_pipe",
        "负一楼车库顶上的水管在喷水，地上已经积了一大片，旁边就是配电间。",
        note="地下车库 B 区 37 号车位旁",
        picture="water",
    ),
    Story(
        "property.lighting",
        "三楼到四楼的楼道灯不亮有一个星期了，晚上回来要摸黑，老人差点踩空。",
        (_SIGN, Told("property", Action.REPLY, "电工已看过，是声控开关坏了，明天上午换新的。")),
        picture="lamp",
    ),
    Story(
        "property.lift",
        "电梯运行时有很大的异响，停层也不平，关门会夹一下。",
        (
            _SIGN,
            Told(
                "property",
                Action.COMPLETE,
                "维保单位已更换门机皮带并重新调平，试运行二十趟正常。",
                picture="lift",
            ),
        ),
    ),
    Story(
        "property.clutter",
        "楼道里堆了纸箱、旧柜子和一辆坏自行车，担心着火跑不出去。",
        (
            _SIGN,
            Told("property", Action.COMPLETE, "已联系户主清走，并贴了提示。", picture="clean"),
            Told("resident", Action.REOPEN, "柜子还在，只搬走了纸箱。", picture="clutter"),
        ),
        picture="clutter",
    ),
    Story(
        "property.cleaning",
        "垃圾桶两天没有清了，天热味道很大，旁边还有人乱丢。",
        (
            _SIGN,
            Told("property", Action.COMPLETE, "已清运并冲洗地面，改为每天清两次。"),
            Told("resident", Action.CONFIRM, "今天看干净多了，谢谢。", rating=Rating.SATISFIED),
        ),
        picture="bins",
    ),
    Story(
        "property.charging",
        "有人从二楼拉电线下来给电动车充电，下雨天也在充，很危险。",
        anonymous=True,
        at_home=True,
    ),
    Story(
        "neighbours.noise",
        "楼下广场舞音响到晚上十点半还在放，孩子要上学，睡不着。",
        (Told("office", Action.TAKE, "社区先上门劝导。"),),
        anonymous=True,
    ),
    Story(
        "events.street_order",
        "学校门口摆摊把人行道占满了，孩子只能走到马路上。",
        note="小学东门人行道",
        elsewhere=True,
    ),
    Story(
        "property.drains",
        "卫生间地漏返水，物业说是公共管道，让我们找社区。",
        (Told("property", Action.HAND_BACK, "堵点在小区外的市政管网，不在物业服务范围。"),),
        at_home=True,
    ),
    Story(
        "property.renovation",
        "楼上装修的噪音纠纷，已经在法院起诉了，想请社区判一下。",
        (
            Told(
                "office",
                Action.REFUSE,
                "案子法院已经受理，社区不能再作处理。",
                ground=Ground.IN_COURT,
            ),
        ),
    ),
    Story(
        "property.fees",
        "想看看去年公共收益是怎么用的，公示栏里没有找到。",
        (
            _SIGN,
            Told("property", Action.COMPLETE, "公共收益明细已贴在一楼公示栏，也可到前台查阅。"),
            Told("resident", Action.CONFIRM, "看到了。", rating=Rating.FAIRLY),
        ),
    ),
    Story(
        "property.parking",
        "消防通道上每晚都停着车，救护车来了也进不去。",
        (
            _SIGN,
            Told("office", Action.FLAG, "救护车、消防车进不来，先清出通道。"),
            Told("property", Action.NOTE, "车主电话已打，晚上再打一遍。"),
            Told("property", Action.ASK_EXTENSION, "要和车主逐户商量，还要划线。", days=2),
        ),
        note="3 栋与 4 栋之间",
        picture="cars",
    ),
)


def load(stage: Stage) -> None:
    """File and work off the stories, once."""
    resident, scope = _resident(stage), Scope(community_id=stage.community.id)
    if resident is None:
        return
    with transaction(scope):
        known = lists.own_complaints(stage.community.id, resident, None)
    if known:
        return
    _prepare_desk(stage)
    for number, story in enumerate(STORIES):
        complaint_id = _file(stage, resident, number, story)
        if number == 0:
            _join(stage, complaint_id)
        for told in story.steps:
            if not _take(stage, complaint_id, told):
                break
    with transaction(Scope(community_id=stage.community.id)):
        for file_id in waiting_photos(stage.community.id):
            clean_photo(str(file_id))


def _prepare_desk(stage: Stage) -> None:
    """A rule of dispatch and some templates of replies."""
    with transaction(Scope(community_id=stage.community.id)):
        night = Wanted(category="neighbours.noise", from_minute=22 * 60, to_minute=6 * 60)
        add_rule(stage.community.id, night)
        for company in cases.companies(stage.community.id)[:1]:
            desk = Desk(office=False, companies=frozenset({company.id}))
            for title, text in REPLIES:
                save_template(stage.community.id, desk, title, text)


def _join(stage: Stage, complaint_id: UUID) -> None:
    """A neighbour met with the same."""
    neighbour = stage.accounts.get("owner_2")
    if neighbour is not None:
        with transaction(Scope(community_id=stage.community.id)):
            joining.join(stage.community.id, neighbour, complaint_id)


def _file(stage: Stage, resident: UUID, number: int, story: Story) -> UUID:
    with transaction(Scope(community_id=stage.community.id)):
        return file_complaint(
            stage.community.id,
            resident,
            Report(
                once_key=uuid.uuid5(_NAMESPACE, f"{stage.community.code}:{number}"),
                category=story.category,
                place=_place(_places(stage, resident), story),
                text=story.text,
                place_note=story.note,
                anonymous=story.anonymous,
                photos=_photos(story.picture),
            ),
        )


def _take(stage: Stage, complaint_id: UUID, told: Told) -> bool:
    """Whether the step could be taken: without a contract nobody is there to take it."""
    community_id = stage.community.id
    with transaction(Scope(community_id=community_id)):
        complaint = cases.locked(community_id, complaint_id)
        worker = _worker(stage, told.who, complaint.organization_id if complaint else None)
        if complaint is None or worker is None:
            return False
        given = Given(
            version=complaint.version,
            text=told.text,
            rating=told.rating,
            ground=told.ground,
            days=told.days,
            photos=_photos(told.picture),
        )
        take_step(community_id, worker, complaint_id, told.action, given)
    return True


def _resident(stage: Stage) -> UUID | None:
    return stage.accounts.get("owner_1")


def _worker(stage: Stage, who: str, organization_id: UUID | None) -> Worker | None:
    if who == "resident":
        resident = _resident(stage)
        return Worker(resident, Desk(office=False, companies=frozenset())) if resident else None
    if who == "office":
        account_id = stage.accounts.get("staff")
        return Worker(account_id, Desk(office=True, companies=frozenset())) if account_id else None
    account_id = stage.accounts.get("property_staff")
    if account_id is None or organization_id is None:
        return None
    return Worker(account_id, Desk(office=False, companies=frozenset({organization_id})))


def _places(stage: Stage, resident: UUID) -> dict[PlaceKind, UUID]:
    """The resident's own home and what is around it; else the compound, if there is one."""
    homes = homes_of(stage.community.id, resident)
    if not homes:
        garden = stage.places.get("garden")
        return {PlaceKind.COMPOUND: garden} if garden else {}
    home = homes[0]
    known = {
        PlaceKind.UNIT: home.unit_id,
        PlaceKind.STAIRWELL: home.stairwell_id,
        PlaceKind.BUILDING: home.building_id,
        PlaceKind.COMPOUND: home.compound_id,
    }
    return {kind: key for kind, key in known.items() if key is not None}


def _place(places: dict[PlaceKind, UUID], story: Story) -> PlaceChoice:
    if story.elsewhere:
        return PlaceChoice(PlaceKind.ELSEWHERE)
    for kind in (PlaceKind.UNIT, PlaceKind.STAIRWELL, PlaceKind.COMPOUND):
        if kind in places and (kind is not PlaceKind.UNIT or story.at_home):
            return PlaceChoice(kind, places[kind])
    return PlaceChoice(PlaceKind.ELSEWHERE)


def _photos(picture: str | None) -> tuple[Upload, ...]:
    return (Upload(f"{picture}.jpg", draw(picture)),) if picture else ()


def draw(picture: str) -> bytes:
    """A simple drawn scene that stands for a photo."""
    image = Image.new("RGB", _SIZE, _WALL)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 640, 1200, 900), fill=(170, 162, 150))
    for left in range(0, 1200, 200):
        pen.line((left, 640, left - 120, 900), fill=(150, 142, 130), width=3)
    _SCENES[picture](pen)
    target = io.BytesIO()
    image.filter(ImageFilter.GaussianBlur(1.2)).save(target, "JPEG", quality=80)
    return target.getvalue()


def _water(pen: ImageDraw.ImageDraw) -> None:
    pen.rectangle((0, 120, 1200, 170), fill=(120, 124, 128))
    pen.rectangle((560, 100, 640, 190), fill=(90, 94, 98))
    for reach in range(-180, 181, 36):
        pen.line((600, 190, 600 + reach, 690), fill=(150, 190, 214), width=8)
    pen.ellipse((250, 660, 980, 860), fill=(128, 168, 190))


def _lamp(pen: ImageDraw.ImageDraw) -> None:
    pen.rectangle((0, 0, 1200, 900), fill=(46, 44, 42))
    for step in range(6):
        pen.rectangle((300 + step * 90, 760 - step * 90, 1200, 900), fill=(62 + step * 5,) * 3)
    pen.ellipse((540, 60, 640, 120), fill=(84, 82, 78))


def _lift(pen: ImageDraw.ImageDraw) -> None:
    pen.rectangle((380, 140, 820, 720), fill=(160, 166, 170), outline=_DARK, width=10)
    pen.line((600, 140, 600, 720), fill=_DARK, width=6)
    pen.rectangle((880, 380, 940, 480), fill=(220, 220, 216), outline=_DARK, width=4)
    pen.ellipse((898, 400, 922, 424), fill=(200, 70, 50))


def _clutter(pen: ImageDraw.ImageDraw) -> None:
    for left, top, right, colour in (
        (120, 520, 380, (176, 136, 88)),
        (300, 400, 520, (196, 154, 102)),
        (560, 300, 800, (110, 78, 54)),
    ):
        pen.rectangle((left, top, right, 760), fill=colour, outline=_DARK, width=5)
    pen.ellipse((820, 600, 960, 740), outline=_DARK, width=10)
    pen.ellipse((1000, 600, 1140, 740), outline=_DARK, width=10)
    pen.line((890, 670, 980, 560, 1070, 670), fill=_DARK, width=8)


def _clean(pen: ImageDraw.ImageDraw) -> None:
    pen.rectangle((480, 180, 760, 700), fill=(150, 108, 74), outline=_DARK, width=8)
    pen.ellipse((720, 430, 740, 450), fill=(220, 200, 120))
    pen.rectangle((120, 240, 300, 380), fill=(236, 236, 230), outline=_DARK, width=4)


def _bins(pen: ImageDraw.ImageDraw) -> None:
    for left, colour in ((180, (60, 110, 84)), (480, (70, 90, 130)), (780, (110, 110, 110))):
        pen.rectangle((left, 420, left + 220, 760), fill=colour, outline=_DARK, width=5)
        pen.rectangle((left - 10, 390, left + 230, 430), fill=_DARK)
    pen.ellipse((380, 680, 520, 800), fill=(40, 40, 40))
    pen.ellipse((1000, 690, 1120, 800), fill=(230, 230, 226))


def _cars(pen: ImageDraw.ImageDraw) -> None:
    pen.rectangle((0, 560, 1200, 900), fill=(92, 94, 96))
    for left, colour in ((140, (190, 190, 188)), (640, (120, 50, 46))):
        pen.rounded_rectangle((left, 560, left + 420, 700), 40, fill=colour)
        pen.rounded_rectangle((left + 80, 470, left + 340, 600), 50, fill=colour)
        pen.ellipse((left + 50, 650, left + 140, 740), fill=(30, 30, 30))
        pen.ellipse((left + 280, 650, left + 370, 740), fill=(30, 30, 30))
    pen.line((0, 780, 1200, 780), fill=(222, 190, 70), width=14)


_SCENES = {
    "water": _water,
    "lamp": _lamp,
    "lift": _lift,
    "clutter": _clutter,
    "clean": _clean,
    "bins": _bins,
    "cars": _cars,
}
