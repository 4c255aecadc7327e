"""Makes the table of jobs that failed; a program from before it never looks there."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0002_decisions_and_wishes")]
    operations = [
        migrations.CreateModel(
            name="StoredFailure",
            fields=[
                ("id", models.TextField(primary_key=True, serialize=False)),
                ("consumer", models.TextField()),
                ("room_id", models.TextField()),
                ("seq", models.BigIntegerField()),
                ("state", models.TextField()),
                ("failures", models.IntegerField()),
                ("error", models.TextField()),
                ("first_at", models.TextField()),
                ("last_at", models.TextField()),
                ("again_at", models.TextField()),
            ],
            options={
                "db_table": "failed_jobs",
                "indexes": [models.Index(fields=["consumer", "state", "again_at"], name="failed_jobs_due")],
            },
        ),
    ]
