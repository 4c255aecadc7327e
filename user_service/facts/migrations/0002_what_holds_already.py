from collections.abc import Iterator
from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F
from django.utils import timezone

AT_ONCE = 500


def record_what_holds(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Record the sessions that were revoked, who is deactivated, and roles that are not the usual one."""
    fact: Any = apps.get_model("user_facts", "Fact")
    counter = apps.get_model("user_sessions", "RevocationCounter").objects  # type: ignore[misc] # it moved since
    # Position 0 is where a follower begins. The row is held until the commit, so that nobody revokes meanwhile.
    counter.update(position=F("position") + 1)
    position: int = counter.values_list("position", flat=True).get()

    def rows() -> Iterator[Any]:
        nonlocal position
        sessions = apps.get_model("user_sessions", "Session").objects
        revoked = sessions.filter(revoked_position__isnull=False, access_until__gt=timezone.now()).order_by()
        for session_id, until, at in revoked.values_list("id", "access_until", "revoked_position").iterator(AT_ONCE):
            yield fact(kind="session", subject=session_id, expires_at=until, position=at)
        users = apps.get_model("user_accounts", "User").objects.order_by()
        for user_id in users.filter(deactivated=True).values_list("id", flat=True).iterator(AT_ONCE):
            position += 1
            yield fact(kind="deactivated", subject=user_id, position=position)
        for user_id, role in users.exclude(role="member").values_list("id", "role").iterator(AT_ONCE):
            position += 1
            yield fact(kind="role", subject=user_id, value=role, position=position)

    fact.objects.bulk_create(rows(), batch_size=AT_ONCE)
    counter.update(position=position)


class Migration(migrations.Migration):
    dependencies = [("user_facts", "0001_initial")]

    operations = [migrations.RunPython(record_what_holds, migrations.RunPython.noop)]
