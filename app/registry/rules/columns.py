"""Recognising the columns of an owner register by what their heads say."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from enum import StrEnum

from app.kit.refusal import Invalid

MOST_COLUMNS = 60
_NOISE = re.compile(r"[\s*＊:：_\-/]|\(.*?\)|（.*?）|【.*?】")


class Column(StrEnum):
    """The columns an owner register has; the value is the head in the template."""

    COMPOUND = "小区"
    BUILDING = "楼栋"
    STAIRWELL = "单元"
    ROOM = "房号"
    FLOOR = "楼层"
    KIND = "类型"
    AREA = "面积"
    AREA_SOURCE = "面积来源"
    SALE_STATE = "交付状态"
    OWNER_NAME = "业主姓名"
    OWNER_KIND = "业主类型"
    PHONE = "手机"
    IDENTITY = "证件号"
    SHARE = "份额"


REQUIRED = (Column.BUILDING, Column.ROOM, Column.AREA, Column.OWNER_NAME)
_SYNONYMS = {
    Column.COMPOUND: "小区 小区名称 项目 项目名称 物业小区 楼盘",
    Column.BUILDING: "楼栋 栋 栋号 楼号 幢 幢号 楼栋号 楼幢 楼栋名称 楼",
    Column.STAIRWELL: "单元 单元号 单元名称 楼道 梯号 梯",
    Column.ROOM: "房号 室号 房间号 房间 门牌号 室 户号 房屋编号 房屋号",
    Column.FLOOR: "楼层 层 所在层 所在楼层 层数",
    Column.KIND: "类型 房屋类型 用途 房屋用途 规划用途 物业类型",
    Column.AREA: "面积 建筑面积 房屋面积 产权面积 专有面积 专有部分面积 登记面积 房屋建筑面积",
    Column.AREA_SOURCE: "面积来源 面积依据",
    Column.SALE_STATE: "交付状态 销售状态 交房状态 房屋状态 状态",
    Column.OWNER_NAME: "业主姓名 业主 姓名 产权人 权利人 业主名称 产权人姓名 所有权人 房主",
    Column.OWNER_KIND: "业主类型 业主性质 产权人类型 权利人类型",
    Column.PHONE: "手机 手机号 手机号码 电话 联系电话 联系方式 业主电话 移动电话 业主手机",
    Column.IDENTITY: "证件号 证件号码 身份证 身份证号 身份证号码 统一社会信用代码 证件编号",
    Column.SHARE: "份额 共有份额 产权份额 所有权份额 份额比例 占比",
}
_BY_HEAD = {head: column for column, heads in _SYNONYMS.items() for head in heads.split()}


class HeaderUnusable(Invalid):
    """The header row does not say where everything stands."""

    code = "header_unusable"


def recognise(heads: Sequence[str]) -> dict[Column, int]:
    """Where each known column stands.

    Raises HeaderUnusable when two heads mean the same column.
    """
    places: dict[Column, int] = {}
    for place, head in enumerate(heads[:MOST_COLUMNS]):
        column = _BY_HEAD.get(_bare(head))
        if column is None:
            continue
        if column in places:
            raise HeaderUnusable(
                f"表里有两列都是“{column.value}”（“{heads[places[column]].strip()}”和"
                f"“{head.strip()}”）。请删掉一列再上传。"
            )
        places[column] = place
    return places


def looks_like_header(heads: Sequence[str]) -> bool:
    """A row in which several cells are heads we know."""
    known = {_BY_HEAD.get(_bare(head)) for head in heads[:MOST_COLUMNS]} - {None}
    return len(known) >= len(REQUIRED) - 1


def check_required(places: dict[Column, int]) -> None:
    """Every register says building, room, area and owner."""
    missing = [column.value for column in REQUIRED if column not in places]
    if missing:
        raise HeaderUnusable(
            f"没有找到这些列：{'、'.join(missing)}。请用模板的表头，表头只占一行，不要合并单元格。"
        )


def no_header() -> HeaderUnusable:
    """Nothing in the first rows is a header."""
    return HeaderUnusable(
        "没有找到表头。请在前 10 行里放一行表头，写明楼栋、单元、房号、面积、业主姓名等，"
        "可以下载模板对照。"
    )


def _bare(head: str) -> str:
    return _NOISE.sub("", unicodedata.normalize("NFKC", head)).removesuffix("m2")
