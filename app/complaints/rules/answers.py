"""What is given with a step: grounds, ratings, how a case was closed, and what is missing."""

from __future__ import annotations

from enum import StrEnum


class Need(StrEnum):
    """What must be given with an action."""

    TEXT = "text"
    ORGANIZATION = "organization"
    GROUND = "ground"
    RATING = "rating"
    ASSIGNEE = "assignee"
    DAYS = "days"
    UNTIL = "until"
    LEAD = "lead"
    CATEGORY = "category"

    @property
    def sentence(self) -> str:
        """What to say to somebody who left it out."""
        return _MISSING[self]


class Ground(StrEnum):
    """Why a report is not accepted (不予受理): each tells where to go instead."""

    EMERGENCY = "emergency"
    IN_COURT = "in_court"
    DISCIPLINE = "discipline"
    PETITION = "petition"
    REPEATED = "repeated"
    NOT_HERE = "not_here"

    @property
    def label(self) -> str:
        """The ground in plain words."""
        return _GROUNDS[self][0]

    @property
    def where_to_go(self) -> str:
        """The address that can help."""
        return _GROUNDS[self][1]


class Rating(StrEnum):
    """How satisfied the resident is once the matter is solved."""

    SATISFIED = "satisfied"
    FAIRLY = "fairly"
    UNSATISFIED = "unsatisfied"

    @property
    def label(self) -> str:
        """The rating in Chinese."""
        return _RATINGS[self]


class Closing(StrEnum):
    """By whose word a case was closed. Silence is never counted as satisfied."""

    CONFIRMED = "confirmed"
    CALLED_BACK = "called_back"
    SILENCE = "silence"

    @property
    def label(self) -> str:
        """How it was closed, in Chinese."""
        return _CLOSINGS[self]


class Channel(StrEnum):
    """How a report came in."""

    ONLINE = "online"
    COUNTER = "counter"
    PHONE = "phone"
    PROGRAM = "program"

    @property
    def label(self) -> str:
        """The channel in Chinese."""
        return _CHANNELS[self]


_MISSING = {
    Need.TEXT: "请写几个字，说明情况或理由。",
    Need.ORGANIZATION: "请选择交给哪家单位办理。",
    Need.GROUND: "请选择不受理的原因。",
    Need.RATING: "请选一下满意不满意。",
    Need.ASSIGNEE: "请选择交给哪位同事。",
    Need.DAYS: "请写要延长几天。",
    Need.UNTIL: "请选择和居民约好的日期。",
    Need.LEAD: "请填写要并入的那件诉求的编号。",
    Need.CATEGORY: "请选择事项。",
}
_GROUNDS = {
    Ground.EMERGENCY: (
        "紧急警情、火情或急救",
        "请直接拨打 110（报警）、119（火警）或 120（急救）。",
    ),
    Ground.IN_COURT: (
        "已进入诉讼或仲裁",
        "请向受理的法院或仲裁机构反映；需要法律帮助可拨打 12348。",
    ),
    Ground.DISCIPLINE: (
        "属于纪检监察的事项",
        "请向纪检监察机关反映，举报电话 12388。",
    ),
    Ground.PETITION: (
        "已经在信访程序中办理",
        "请向受理的信访机构查询办理进展。",
    ),
    Ground.REPEATED: (
        "同一件事重复反映，没有新的理由",
        "请在原来那件的经过里补充新情况。",
    ),
    Ground.NOT_HERE: (
        "不是本社区范围内的事",
        "请拨打 12345，由热线转给负责的单位。",
    ),
}
_RATINGS = {
    Rating.SATISFIED: "满意",
    Rating.FAIRLY: "基本满意",
    Rating.UNSATISFIED: "不满意",
}
_CLOSINGS = {
    Closing.CONFIRMED: "居民确认已解决",
    Closing.CALLED_BACK: "电话回访确认已解决",
    Closing.SILENCE: "多次联系不上，到期自动办结",
}
_CHANNELS = {
    Channel.ONLINE: "居民自己反映",
    Channel.COUNTER: "来社区当面反映",
    Channel.PHONE: "打电话反映",
    Channel.PROGRAM: "别的系统转来",
}
