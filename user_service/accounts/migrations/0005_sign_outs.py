from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds a count that the database begins by itself, because the version before writes rows without it."""

    dependencies = [("user_accounts", "0004_djangos_user")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="sign_outs",
            field=models.PositiveIntegerField(default=0, db_default=0),
        )
    ]
