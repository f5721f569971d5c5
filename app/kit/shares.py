"""Percentages are rounded down: 66.666…% must never print as enough."""

NOT_APPLICABLE = "—"


def percent_down(numerator: int, denominator: int, digits: int = 2) -> str:
    """66.66% for 2 of 3; a dash when there is nothing to divide by."""
    if numerator < 0 or denominator < 0 or digits < 0:
        raise ValueError("a share is of things that are counted")
    if denominator == 0:
        return NOT_APPLICABLE
    scale = 10**digits
    whole, fraction = divmod(100 * scale * numerator // denominator, scale)
    return f"{whole}.{fraction:0{digits}}%" if digits else f"{whole}%"
