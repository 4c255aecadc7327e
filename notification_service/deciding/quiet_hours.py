"""The hours in which a person does not want to be disturbed, by the clock on the wall where they are."""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from chatflow.errors import Invalid

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Clock = Annotated[str, msgspec.Meta(max_length=5, pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
ZONE_CHARACTERS = 64
YESTERDAY = timedelta(days=1)


class Quiet(msgspec.Struct, frozen=True, kw_only=True, rename={"from_": "from"}):
    """From one time to another, on some days.

    A span that goes over midnight belongs to the day on which it begins; one that ends when it begins lasts a day.
    """

    from_: Clock
    to: Clock
    days: Annotated[tuple[Day, ...], msgspec.Meta(max_length=len(DAYS))]
    zone: Annotated[str, msgspec.Meta(max_length=ZONE_CHARACTERS)]

    def cover(self, now: datetime) -> bool:
        """Tell whether it is quiet now: by local time, so an hour that comes twice counts twice."""
        here = now.astimezone(zone_of(self.zone))
        time = here.strftime("%H:%M")
        if self.from_ < self.to:
            return self.from_ <= time < self.to and self._begins_on(here)
        return (time >= self.from_ and self._begins_on(here)) or (time < self.to and self._begins_on(here - YESTERDAY))

    def _begins_on(self, day: datetime) -> bool:
        return DAYS[day.weekday()] in self.days

    def __str__(self) -> str:
        return f"{self.from_}-{self.to} {self.zone}"


@lru_cache(maxsize=1024)
def zone_of(name: str) -> ZoneInfo:
    """Return the zone; one that the database of zones does not know any more is taken to be UTC."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid("quiet.zone: a name of the time zone database, as Asia/Seoul.") from None
