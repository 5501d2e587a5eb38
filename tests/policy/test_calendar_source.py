"""The calendars shipped as data say the same as the package `chinesecalendar`, day by day."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar

from policy import Calendar


def test_every_day_of_the_shipped_years_agrees_with_the_package() -> None:
    """Ships as data, checked against a second source: 2022 to 2026, all 1,826 days."""
    calendar = Calendar.load()
    days = [calendar.first + timedelta(days=n) for n in range((calendar.last - calendar.first).days + 1)]
    assert (calendar.first, calendar.last, len(days)) == (date(2022, 1, 1), date(2026, 12, 31), 1826)
    assert [day for day in days if calendar.is_workday(day) is not chinese_calendar.is_workday(day)] == []
