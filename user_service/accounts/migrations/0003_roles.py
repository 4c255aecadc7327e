import structlog
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

log = structlog.get_logger("user_service.accounts")

ONLY_ROW = 1


def begin_roles(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Of accounts that are older than roles, the oldest one in use owns the installation."""
    user = apps.get_model("user_accounts", "User")
    has_accounts = user.objects.exists()
    apps.get_model("user_accounts", "Installation").objects.create(id=ONLY_ROW, has_accounts=has_accounts)
    if not has_accounts:
        return
    oldest = user.objects.filter(deactivated=False, bot=False).order_by("created_at", "id").first()
    if oldest is None:
        log.warning("nobody owns this installation: no account is in use; `chatflow user role NAME owner` changes that")
        return
    oldest.role = "owner"
    oldest.save(update_fields=["role"])
    log.warning(
        "the oldest account owns this installation from now on; `chatflow user role` changes that",
        username=oldest.username,
        user_id=str(oldest.id),
    )


class Migration(migrations.Migration):
    dependencies = [("user_accounts", "0002_looks_and_password_versions")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="role",
            field=models.CharField(max_length=10, default="member", db_default="member"),
        ),
        migrations.CreateModel(
            name="Installation",
            fields=[
                ("id", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ("has_accounts", models.BooleanField(default=False)),
            ],
            options={"db_table": "installation"},
        ),
        migrations.RunPython(begin_roles, migrations.RunPython.noop),
    ]
