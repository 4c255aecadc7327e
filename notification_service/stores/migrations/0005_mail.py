"""Lets several deliveries be one mail, and each channel find what is due for itself.

A program from before it leaves the column empty. It would take mails for pushes, so none are owed before all are new:
`CHATFLOW_MAIL_URL` is set afterwards.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0004_push")]
    operations = [
        migrations.AddField("storeddelivery", "bundle", models.TextField(null=True)),
        migrations.RemoveIndex("storeddelivery", "deliveries_due"),
        migrations.AddIndex(
            "storeddelivery",
            models.Index(
                fields=["channel", "due_at", "id"],
                name="deliveries_due_by_channel",
                condition=models.Q(ended_at__isnull=True),
            ),
        ),
        migrations.AddIndex(
            "storeddelivery",
            models.Index(
                fields=["endpoint", "ended_at"],
                name="deliveries_bundled",
                condition=models.Q(bundle__isnull=False),
            ),
        ),
    ]
