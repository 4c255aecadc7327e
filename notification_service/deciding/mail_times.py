"""When what is unread is mailed: after a delay, or at nine in the morning where its person is."""

from datetime import UTC, datetime, time, timedelta

from notification_service.deciding.preferences import Mails
from notification_service.deciding.quiet_hours import zone_of

MINUTE = timedelta(minutes=1)
MORNING = time(9)
MONDAY = 0
# What comes within so long after the first goes into the same mail, once each has been unread for the delay.
GATHERED = MINUTE
# Whoever had no mail for so long after it was due looks for themselves.
LIVES = timedelta(days=2)


def mailed_from(wish: Mails, *, owed_at: datetime, zone: str | None) -> datetime:
    """Return from when on it is mailed, if it is unread still. The mode is not `none`, which mails nothing."""
    if wish.mode == "unread":
        return owed_at + delay_of(wish)
    here = owed_at.astimezone(zone_of(zone or "UTC"))
    step = timedelta(days=7 if wish.mode == "weekly" else 1)
    to_monday = timedelta(days=(MONDAY - here.weekday()) % 7 if wish.mode == "weekly" else 0)
    # By the clock on the wall, whatever becomes of the hours of a day in between.
    morning = datetime.combine(here.date() + to_monday, MORNING, tzinfo=here.tzinfo)
    return (morning if morning > here else morning + step).astimezone(UTC)


def delay_of(wish: Mails) -> timedelta:
    return wish.delay_minutes * MINUTE


def looked_at(wish: Mails, due: datetime) -> datetime:
    """Return when to look at what is mailed from then on: a little later, where more may come meanwhile."""
    return due + GATHERED if wish.mode == "unread" else due
