from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("user_sessions", "0002_revocation_counter")]

    operations = [
        migrations.AddIndex(
            model_name="session",
            index=models.Index(
                fields=["access_until"], name="sessions_ended", condition=models.Q(("revoked_at__isnull", False))
            ),
        ),
        migrations.AddIndex(
            model_name="session",
            index=models.Index(fields=["expires_at"], name="sessions_expired", condition=models.Q(("revoked_at", None))),
        ),
    ]
