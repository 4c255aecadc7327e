import django.contrib.auth.models
from django.db import migrations, models

import user_service.accounts.hashers


class Migration(migrations.Migration):
    """Adds what Django wants to know of its user; programs from before this step do without it.

    The column of the password stays as it is, under its name and with its form; only the model calls it otherwise.
    """

    dependencies = [("auth", "0012_alter_user_first_name_max_length"), ("user_accounts", "0003_roles")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="user",
                    name="password_hash",
                    field=user_service.accounts.hashers.PasswordHash(db_column="password_hash", max_length=200),
                ),
                migrations.RenameField(model_name="user", old_name="password_hash", new_name="password"),
            ]
        ),
        migrations.AddField(
            model_name="user",
            name="last_login",
            field=models.DateTimeField(blank=True, null=True, verbose_name="last login"),
        ),
        migrations.AddField(
            model_name="user",
            name="groups",
            field=models.ManyToManyField(
                blank=True,
                help_text="The groups this user belongs to. A user will get all permissions granted to each of their"
                " groups.",
                related_name="user_set",
                related_query_name="user",
                to="auth.group",
                verbose_name="groups",
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="user_permissions",
            field=models.ManyToManyField(
                blank=True,
                help_text="Specific permissions for this user.",
                related_name="user_set",
                related_query_name="user",
                to="auth.permission",
                verbose_name="user permissions",
            ),
        ),
    ]
