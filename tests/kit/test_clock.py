from datetime import UTC, date, datetime, timedelta

import pytest

from app.kit import clock
from app.kit.clock import BEIJING


def beijing(*parts):
    return datetime(*parts, tzinfo=BEIJING)


def test_now_is_aware_and_in_utc():
    assert clock.now().tzinfo is UTC


def test_the_civil_date_is_that_of_beijing():
    assert clock.civil_date(datetime(2026, 3, 7, 15, 59, tzinfo=UTC)) == date(2026, 3, 7)
    assert clock.civil_date(datetime(2026, 3, 7, 16, 0, tzinfo=UTC)) == date(2026, 3, 8)


def test_a_naive_moment_is_a_mistake():
    with pytest.raises(ValueError, match="time zone"):
        clock.civil_date(datetime(2026, 3, 7))


def test_a_day_ends_where_the_next_begins():
    assert clock.end_of_day(date(2026, 12, 31)) == clock.start_of_day(date(2027, 1, 1))
    assert clock.end_of_day(date(2026, 3, 8)) == datetime(2026, 3, 8, 16, tzinfo=UTC)


def test_a_date_is_said_with_its_weekday():
    assert clock.say_date(date(2026, 3, 8)) == "3月8日（周日）"
    assert clock.say_date(date(2026, 3, 9), date(2026, 1, 1)) == "3月9日（周一）"
    assert clock.say_date(date(2027, 3, 8), date(2026, 1, 1)) == "2027年3月8日（周一）"


def test_a_moment_is_said_on_the_beijing_clock():
    assert clock.say_moment(datetime(2026, 3, 8, 6, 5, tzinfo=UTC)) == "3月8日（周日）14:05"


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (beijing(2026, 3, 9), "3月8日（周日）24:00 截止，还有 2 天"),
        (beijing(2026, 3, 9, 0, 1), "3月9日（周一）00:01 截止，还有 2 天"),
        (beijing(2026, 3, 6, 21, 30), "3月6日（周五）21:30 截止，还有 1 小时"),
        (beijing(2026, 3, 4, 20), "3月4日（周三）20:00 截止，已超 2 天"),
        (beijing(2027, 1, 1), "12月31日（周四）24:00 截止，还有 300 天"),
        (beijing(2027, 1, 2), "2027年1月1日（周五）24:00 截止，还有 301 天"),
    ],
)
def test_a_deadline_is_said_with_what_remains(moment, said):
    assert clock.say_deadline(moment, beijing(2026, 3, 6, 20)) == said


@pytest.mark.parametrize(
    ("delta", "said"),
    [
        (timedelta(days=1, hours=23, minutes=59), "还有 1 天"),
        (timedelta(hours=3, minutes=59), "还有 3 小时"),
        (timedelta(minutes=20, seconds=59), "还有 20 分钟"),
        (timedelta(seconds=59), "不到 1 分钟"),
        (timedelta(0), "刚刚到期"),
        (timedelta(seconds=-59), "刚刚到期"),
        (timedelta(minutes=-1), "已超 1 分钟"),
        (timedelta(days=-2, hours=-3), "已超 2 天"),
    ],
)
def test_remaining_time_is_rounded_down(delta, said):
    assert clock.say_remaining(delta) == said
