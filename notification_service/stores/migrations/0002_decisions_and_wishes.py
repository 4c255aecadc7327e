"""Notices keep how they were decided, and people more wishes. Programs from before leave these columns empty."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial")]
    operations = [
        migrations.AddField("storednotice", "message_id", models.TextField(null=True)),
        migrations.AddField("storednotice", "steps", models.TextField(null=True)),
        migrations.AddField("storedpreferences", "wishes", models.TextField(null=True)),
        migrations.AddField("storedpreferences", "watching_since", models.TextField(null=True)),
        migrations.AddIndex(
            "storedpreferences",
            models.Index(
                fields=["watching_since"],
                name="preferences_watching",
                condition=models.Q(watching_since__isnull=False),
            ),
        ),
    ]
