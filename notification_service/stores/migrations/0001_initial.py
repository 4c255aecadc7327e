"""Makes the tables, or takes over those that a program before Django's migrations has made."""

from django.db import migrations, models

# Word for word what that program runs, so that both ways lead to the same tables.
TABLES = (
    """
    CREATE TABLE IF NOT EXISTS notices (
        id TEXT PRIMARY KEY,
        user_id TEXT NOT NULL,
        room_id TEXT NOT NULL,
        seq BIGINT NOT NULL,
        channel TEXT NOT NULL,
        kind TEXT NOT NULL,
        actor TEXT NOT NULL,
        at TEXT NOT NULL,
        recorded_at TEXT NOT NULL,
        suppressed TEXT,
        told SMALLINT NOT NULL DEFAULT 0,
        seen SMALLINT NOT NULL DEFAULT 0
    )
    """,
    "CREATE INDEX IF NOT EXISTS notices_inbox ON notices (user_id, at, id) WHERE suppressed IS NULL",
    "CREATE INDEX IF NOT EXISTS notices_suppressed ON notices (user_id, at, id) WHERE suppressed IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS notices_age ON notices (recorded_at)",
    "CREATE TABLE IF NOT EXISTS preferences (user_id TEXT PRIMARY KEY, preferences TEXT NOT NULL)",
    # Where that program notes what it has done. With the note it finds nothing to do here, and works as it always did.
    "CREATE TABLE IF NOT EXISTS schema_steps (step INT PRIMARY KEY)",
    "INSERT INTO schema_steps (step) VALUES (1) ON CONFLICT DO NOTHING",
)


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(TABLES, reverse_sql=migrations.RunSQL.noop)],
            state_operations=[
                migrations.CreateModel(
                    name="StoredNotice",
                    fields=[
                        ("id", models.TextField(primary_key=True, serialize=False)),
                        ("user_id", models.TextField()),
                        ("room_id", models.TextField()),
                        ("seq", models.BigIntegerField()),
                        ("channel", models.TextField()),
                        ("kind", models.TextField()),
                        ("actor", models.TextField()),
                        ("at", models.TextField()),
                        ("recorded_at", models.TextField()),
                        ("suppressed", models.TextField(null=True)),
                        ("told", models.SmallIntegerField(default=0, db_default=0)),
                        ("seen", models.SmallIntegerField(default=0, db_default=0)),
                    ],
                    options={
                        "db_table": "notices",
                        "indexes": [
                            models.Index(
                                fields=["user_id", "at", "id"],
                                name="notices_inbox",
                                condition=models.Q(suppressed__isnull=True),
                            ),
                            models.Index(
                                fields=["user_id", "at", "id"],
                                name="notices_suppressed",
                                condition=models.Q(suppressed__isnull=False),
                            ),
                            models.Index(fields=["recorded_at"], name="notices_age"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StoredPreferences",
                    fields=[
                        ("user_id", models.TextField(primary_key=True, serialize=False)),
                        ("preferences", models.TextField()),
                    ],
                    options={"db_table": "preferences"},
                ),
            ],
        ),
    ]
