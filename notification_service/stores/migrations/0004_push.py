"""Makes the tables of push subscriptions and of deliveries; a program from before it never looks there."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0003_failed_jobs"),
    ]

    operations = [
        migrations.CreateModel(
            name="StoredDelivery",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("notice_id", models.TextField()),
                ("user_id", models.TextField()),
                ("channel", models.TextField()),
                ("endpoint", models.TextField()),
                ("host", models.TextField()),
                ("state", models.TextField()),
                ("reason", models.TextField(null=True)),
                ("attempts", models.IntegerField(db_default=0, default=0)),
                ("due_at", models.TextField()),
                ("claim", models.TextField(db_default="", default="")),
                ("expires_at", models.TextField()),
                ("error", models.TextField(db_default="", default="")),
                ("recorded_at", models.TextField()),
                ("ended_at", models.TextField(null=True)),
            ],
            options={
                "db_table": "deliveries",
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended_at__isnull", True)), fields=["due_at", "id"], name="deliveries_due"
                    ),
                    models.Index(
                        condition=models.Q(("ended_at__isnull", True)), fields=["endpoint"], name="deliveries_waiting"
                    ),
                    models.Index(fields=["recorded_at"], name="deliveries_age"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("notice_id", "channel", "endpoint"), name="deliveries_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="StoredSubscription",
            fields=[
                ("id", models.TextField(primary_key=True, serialize=False)),
                ("user_id", models.TextField()),
                ("session_id", models.TextField()),
                ("endpoint", models.TextField(unique=True)),
                ("p256dh", models.TextField()),
                ("auth", models.TextField()),
                ("device", models.TextField()),
                ("language", models.TextField()),
                ("shows_text", models.SmallIntegerField()),
                ("created_at", models.TextField()),
                ("confirmed_at", models.TextField()),
                ("failures", models.IntegerField(db_default=0, default=0)),
                ("paused_until", models.TextField(db_default="", default="")),
            ],
            options={
                "db_table": "push_subscriptions",
                "indexes": [
                    models.Index(fields=["user_id", "created_at"], name="subscriptions_of_person"),
                    models.Index(fields=["session_id"], name="subscriptions_of_session"),
                    models.Index(fields=["confirmed_at"], name="subscriptions_age"),
                ],
            },
        ),
    ]
