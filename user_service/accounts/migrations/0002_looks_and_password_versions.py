from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from chatflow.protocol.looks import look

AT_ONCE = 500


def fill_looks(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Of accounts that look alike the oldest gets the look; the others keep their names, and have none."""
    user = apps.get_model("user_accounts", "User")
    taken: set[str] = set()
    some = []
    for account in user.objects.order_by("created_at", "id").only("id", "username").iterator(AT_ONCE):
        account.look_key = look(account.username)
        if account.look_key not in taken:
            taken.add(account.look_key)
            some.append(account)
        if len(some) == AT_ONCE:
            user.objects.bulk_update(some, ["look_key"])
            some = []
    user.objects.bulk_update(some, ["look_key"])


class Migration(migrations.Migration):
    dependencies = [("user_accounts", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="password_version",
            field=models.PositiveIntegerField(default=0, db_default=0),
        ),
        migrations.AddField(
            model_name="user",
            name="look_key",
            field=models.CharField(max_length=600, null=True, unique=True),
        ),
        migrations.RunPython(fill_looks, migrations.RunPython.noop),
    ]
