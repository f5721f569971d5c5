"""Moments are aware and kept in UTC; people read Beijing time."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")
_WEEKDAYS = "一二三四五六日"
_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def in_beijing(moment: datetime) -> datetime:
    """The same moment on a Beijing clock; a naive one is a mistake of the caller."""
    if moment.tzinfo is None:
        raise ValueError("a moment must know its time zone")
    return moment.astimezone(BEIJING)


def civil_date(moment: datetime) -> date:
    """The calendar day in Beijing."""
    return in_beijing(moment).date()


def start_of_day(day: date) -> datetime:
    """00:00 in Beijing."""
    return datetime.combine(day, time.min, tzinfo=BEIJING)


def end_of_day(day: date) -> datetime:
    """24:00 in Beijing (民法典 203), the first moment that no longer belongs to the day."""
    return start_of_day(day + _DAY)


def say_date(day: date, today: date | None = None) -> str:
    """3月8日（周日）; with the year when `today` lies in another one."""
    year = f"{day.year}年" if today is not None and today.year != day.year else ""
    return f"{year}{day.month}月{day.day}日（周{_WEEKDAYS[day.weekday()]}）"


def say_moment(moment: datetime, now: datetime | None = None) -> str:
    """3月8日（周日）14:05."""
    local = in_beijing(moment)
    today = None if now is None else civil_date(now)
    return f"{say_date(local.date(), today)}{local:%H:%M}"


def say_deadline(moment: datetime, now: datetime) -> str:
    """When it ends and how long that is; 00:00 is said as 24:00 of the day before."""
    local = in_beijing(moment)
    said = say_moment(moment, now)
    if local.time() == time.min:
        said = f"{say_date(local.date() - _DAY, civil_date(now))}24:00"
    return f"{said} 截止，{say_remaining(moment - now)}"


def say_remaining(delta: timedelta) -> str:
    """Rounded down, so that nobody is promised time they do not have."""
    if abs(delta) < _MINUTE:
        return "不到 1 分钟" if delta > timedelta(0) else "刚刚到期"
    word = "还有" if delta > timedelta(0) else "已超"
    length = abs(delta)
    for unit, name in ((_DAY, "天"), (_HOUR, "小时"), (_MINUTE, "分钟")):
        if length >= unit:
            return f"{word} {length // unit} {name}"
    raise AssertionError
