"""Floor areas are whole numbers of 0.01 m²: shares of votes must never be rounded."""

import re
import unicodedata

from app.kit.refusal import Invalid

# A single unit or a whole compound: nothing on the register reaches 100 km².
LARGEST = 100_000_000_00
_AREA = re.compile(r"(\d{1,3}(?:,\d{3})+|\d{1,12})(?:\.(\d{1,2}))?", re.ASCII)
_UNIT = re.compile(r"(?:m2|平方米|平米|平方)$", re.IGNORECASE)


class AreaUnreadable(Invalid):
    """The text is not an area with at most two decimals."""

    code = "area_unreadable"
    sentence = "面积要写成数字，最多两位小数，例如 89.50。"


def parse_area(text: str) -> int:
    """89.50 → 8950; full-width digits, thousands separators and ㎡ are understood."""
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    match = _AREA.fullmatch(_UNIT.sub("", plain))
    if match is None:
        raise AreaUnreadable
    area = int(match[1].replace(",", "")) * 100 + int((match[2] or "").ljust(2, "0"))
    if area == 0:
        raise AreaUnreadable("面积要大于 0。")
    if area > LARGEST:
        raise AreaUnreadable("面积太大了，请检查小数点的位置。")
    return area


def say_area(area: int) -> str:
    """184620 → 1,846.20 ㎡."""
    return f"{plain_area(area)} ㎡"


def plain_area(area: int) -> str:
    """184620 → 1,846.20, for table columns whose head names the unit."""
    whole, hundredths = divmod(abs(area), 100)
    sign = "-" if area < 0 else ""
    return f"{sign}{whole:,}.{hundredths:02}"
