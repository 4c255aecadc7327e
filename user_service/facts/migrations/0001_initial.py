import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [("user_accounts", "0003_roles"), ("user_sessions", "0003_what_can_be_forgotten")]

    operations = [
        migrations.CreateModel(
            name="Fact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=12)),
                ("subject", models.UUIDField()),
                ("other", models.UUIDField(default=uuid.UUID("00000000-0000-0000-0000-000000000000"))),
                ("position", models.BigIntegerField()),
                ("value", models.CharField(default="", max_length=10)),
                ("holds", models.BooleanField(default=True)),
                ("expires_at", models.DateTimeField(null=True)),
            ],
            options={"db_table": "facts"},
        ),
        migrations.AddConstraint(
            model_name="fact",
            constraint=models.UniqueConstraint(fields=["kind", "subject", "other"], name="facts_latest"),
        ),
        migrations.AddIndex(
            model_name="fact", index=models.Index(fields=["kind", "position"], name="facts_feed")
        ),
        migrations.AddIndex(
            model_name="fact",
            index=models.Index(
                fields=["expires_at"], name="facts_expiry", condition=models.Q(("expires_at__isnull", False))
            ),
        ),
    ]
