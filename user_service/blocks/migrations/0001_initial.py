import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [("user_accounts", "0003_roles")]

    operations = [
        migrations.CreateModel(
            name="Block",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="user_accounts.user"
                    ),
                ),
                (
                    "blocked",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="user_accounts.user"
                    ),
                ),
            ],
            options={"db_table": "blocks"},
        ),
        migrations.AddConstraint(
            model_name="block", constraint=models.UniqueConstraint(fields=["user", "blocked"], name="blocks_once")
        ),
        migrations.AddIndex(model_name="block", index=models.Index(fields=["user", "-id"], name="blocks_latest")),
    ]
