"""What time it is at the doors. Lateness, ages and days left are computed on reading and stored nowhere."""

from datetime import UTC, date, datetime

from domain.deadlines import local_day


def instant() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The local day."""
    return local_day(instant())
