from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def add_the_row(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("user_sessions", "RevocationCounter").objects.create(id=1)  # type: ignore[misc] # it moved since


class Migration(migrations.Migration):
    dependencies = [("user_sessions", "0001_initial")]

    operations = [migrations.RunPython(add_the_row, migrations.RunPython.noop)]
