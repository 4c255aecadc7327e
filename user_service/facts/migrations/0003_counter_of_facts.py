from django.db import migrations, models


class Migration(migrations.Migration):
    """Takes over the counter, which was a model of `sessions`; its table stays as it is."""

    dependencies = [("user_facts", "0002_what_holds_already"), ("user_sessions", "0003_what_can_be_forgotten")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="RevocationCounter",
                    fields=[
                        ("id", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                        ("position", models.BigIntegerField(default=0)),
                    ],
                    options={"db_table": "revocation_counter"},
                )
            ]
        )
    ]
