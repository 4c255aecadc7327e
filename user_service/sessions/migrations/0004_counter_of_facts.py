from django.db import migrations


class Migration(migrations.Migration):
    """The counter is a model of `facts` now; its table stays as it is."""

    dependencies = [("user_sessions", "0003_what_can_be_forgotten"), ("user_facts", "0003_counter_of_facts")]

    operations = [migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("RevocationCounter")])]
