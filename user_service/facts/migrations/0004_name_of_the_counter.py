from django.db import migrations


class Migration(migrations.Migration):
    """Names the counter after what it counts now; its table stays as it is, for older programs too."""

    dependencies = [("user_facts", "0003_counter_of_facts")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.RenameModel("RevocationCounter", "FactCounter")]
        )
    ]
