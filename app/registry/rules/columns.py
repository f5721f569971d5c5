"""Recognising the columns of an owner register by what their heads say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum

from app.kit.tables import TableRefused, match_columns

HEADER_WITHIN = 10


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


class HeaderUnusable(TableRefused):
    """Nothing in the first rows is a header."""

    code = "header_unusable"
    sentence = (
        "没有找到表头。请在前 10 行里放一行表头，写明楼栋、单元、房号、面积、业主姓名等，"
        "不要合并单元格。可以下载模板对照。"
    )


_HEADS = {column.value: tuple(heads.split()) for column, heads in _SYNONYMS.items()}


def find_header(first_rows: Iterable[Sequence[str]]) -> int:
    """The place of the header among the first rows: a title or a remark may stand above it.

    Raises HeaderUnusable when no row has several heads we know.
    """
    for place, cells in enumerate(first_rows):
        known = sum(bool(_known(head)) for head in cells)
        if known >= len(REQUIRED) - 1:
            return place
    raise HeaderUnusable


def recognise(heads: Sequence[str]) -> dict[Column, int]:
    """Where each known column stands.

    Raises TableRefused when a column is missing or stands twice.
    """
    places = match_columns(heads, _HEADS, [column.value for column in REQUIRED])
    return {Column(name): place for name, place in places.items()}


def _known(head: str) -> bool:
    return bool(match_columns([head], _HEADS))
