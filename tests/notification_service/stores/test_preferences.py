"""What people wish is kept for each, changed in part, and read as far as this version knows it."""

import pytest
from msgspec.structs import replace

from notification_service.deciding.preferences import Kinds, Levels, Preferences
from notification_service.deciding.quiet_hours import DAYS, Quiet
from notification_service.stores.database import Database
from notification_service.stores.models import StoredPreferences
from notification_service.stores.preferences import PreferencesStore

NOW, LATER = "2026-11-28T10:00:00.000+00:00", "2026-11-28T10:00:01.000+00:00"
NIGHTS = Quiet(from_="22:00", to="07:00", days=DAYS, zone="Asia/Seoul")


def without(**kinds: bool) -> Preferences:
    return Preferences(levels=Levels(in_app=Kinds(**kinds)))


@pytest.fixture
def preferences(database: Database) -> PreferencesStore:
    return PreferencesStore(database)


async def test_wishes_are_kept_for_those_who_have_some(preferences: PreferencesStore) -> None:
    wishes = replace(without(thread=False), keywords=("harbour", "회의"), quiet=NIGHTS, threads="all")
    await preferences.change("bob", lambda _: without(direct=False), now=NOW)
    await preferences.change("bob", lambda _: wishes, now=NOW)

    assert await preferences.of(["bob", "carol"]) == {"bob": wishes}


async def test_a_change_begins_at_what_is_stored(preferences: PreferencesStore) -> None:
    await preferences.change("bob", lambda before: replace(before, quiet=NIGHTS), now=NOW)
    changed = await preferences.change("bob", lambda before: replace(before, threads="all"), now=NOW)

    assert changed == Preferences(quiet=NIGHTS, threads="all")
    assert await preferences.of(["bob"]) == {"bob": changed}


async def test_wishes_of_a_crowd_are_all_known(preferences: PreferencesStore) -> None:
    crowd = [f"user {number:04}" for number in range(1201)]
    await preferences.change(crowd[-1], lambda _: without(direct=False), now=NOW)

    assert await preferences.of(crowd) == {crowd[-1]: without(direct=False)}


@pytest.mark.parametrize(
    ("kinds", "wishes", "read"),
    [
        ('{"thread": false, "weather": {"words": ["rain"]}}', None, without(thread=False)),
        ('{"thread": "no"}', None, Preferences()),
        ("<html>", None, Preferences()),
        ("", "", Preferences()),
        ("{}", '{"threads": "all", "weather": 1}', Preferences(threads="all")),
        ('{"thread": false}', '{"threads": "some"}', without(thread=False)),
        # The kinds are those that any version writes, and not a copy of them.
        ('{"thread": false}', '{"levels": {"in_app": {"direct": false}}}', without(thread=False)),
    ],
)
async def test_wishes_of_another_version_are_read_as_far_as_they_are_known_here(
    database: Database, preferences: PreferencesStore, kinds: str, wishes: str | None, read: Preferences
) -> None:
    await database.transact(StoredPreferences(user_id="bob", preferences=kinds, wishes=wishes).save)

    assert await preferences.of(["bob", "carol"]) == {"bob": read}


async def test_who_watches_for_something_is_known_and_so_is_any_change_of_it(preferences: PreferencesStore) -> None:
    marks = [await preferences.watching_mark()]
    for user_id, wishes, now in (
        ("bob", Preferences(keywords=("harbour",)), NOW),
        ("carol", Preferences(threads="all"), NOW),
        ("bob", Preferences(keywords=("ship",)), LATER),
        # By the clock of another machine, and at the same moment.
        ("bob", Preferences(keywords=("tea",)), NOW),
        ("bob", Preferences(keywords=("ship",)), NOW),
        ("carol", Preferences(), LATER),
    ):
        await preferences.change(user_id, lambda _, wishes=wishes: wishes, now=now)  # type: ignore[misc]
        marks.append(await preferences.watching_mark())
    await preferences.change("dave", lambda _: without(direct=False), now=LATER)

    assert len(set(marks)) == len(marks)
    assert await preferences.watching_mark() == marks[-1]
    assert await preferences.watching() == {"bob": Preferences(keywords=("ship",))}
