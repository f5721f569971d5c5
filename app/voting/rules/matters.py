"""The nine matters owners decide together (民法典 278)."""

from enum import IntEnum, StrEnum


class Threshold(StrEnum):
    """How much of those taking part must be in favour, by area and by number."""

    ORDINARY = "ordinary"
    SPECIAL = "special"

    @property
    def label(self) -> str:
        """In the words of the law."""
        return "过半数" if self is Threshold.ORDINARY else "四分之三以上"

    def least(self, took_part: int) -> int:
        """The smallest whole number in favour that is enough among those taking part.

        More than half leaves half itself out; 以上 includes the number (民法典 1259).
        """
        if self is Threshold.ORDINARY:
            return took_part // 2 + 1
        return -(-3 * took_part // 4)


class Matter(IntEnum):
    """The number of each is its item in the article."""

    RULES_OF_PROCEDURE = 1
    MANAGEMENT_RULES = 2
    COMMITTEE = 3
    PROPERTY_COMPANY = 4
    USE_FUND = 5
    RAISE_FUND = 6
    REBUILD = 7
    COMMON_PARTS = 8
    OTHER = 9

    @property
    def title(self) -> str:
        """In the words of the law."""
        return _TITLES[self]

    @property
    def threshold(self) -> Threshold:
        """Items 6 to 8 need three quarters, all others more than half."""
        return Threshold.SPECIAL if self in _SPECIAL else Threshold.ORDINARY


_SPECIAL = frozenset({Matter.RAISE_FUND, Matter.REBUILD, Matter.COMMON_PARTS})
_TITLES = {
    Matter.RULES_OF_PROCEDURE: "制定和修改业主大会议事规则",
    Matter.MANAGEMENT_RULES: "制定和修改管理规约",
    Matter.COMMITTEE: "选举业主委员会或者更换业主委员会成员",
    Matter.PROPERTY_COMPANY: "选聘和解聘物业服务企业或者其他管理人",
    Matter.USE_FUND: "使用建筑物及其附属设施的维修资金",
    Matter.RAISE_FUND: "筹集建筑物及其附属设施的维修资金",
    Matter.REBUILD: "改建、重建建筑物及其附属设施",
    Matter.COMMON_PARTS: "改变共有部分的用途或者利用共有部分从事经营活动",
    Matter.OTHER: "有关共有和管理权利的其他重大事项",
}
