"""Makes the table of outgoing webhooks; a program from before it never looks there."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('notifications', '0005_mail'),
    ]

    operations = [
        migrations.CreateModel(
            name='StoredHook',
            fields=[
                ('id', models.TextField(primary_key=True, serialize=False)),
                ('room_id', models.TextField()),
                ('slot', models.SmallIntegerField()),
                ('user_id', models.TextField()),
                ('url', models.TextField()),
                ('events', models.TextField()),
                ('secret', models.TextField()),
                ('former_secret', models.TextField(db_default='', default='')),
                ('former_until', models.TextField(db_default='', default='')),
                ('state', models.TextField()),
                ('reason', models.TextField(null=True)),
                ('created_at', models.TextField()),
                ('seq', models.BigIntegerField()),
                ('delivered_at', models.TextField(null=True)),
                ('failures', models.IntegerField(db_default=0, default=0)),
                ('failing_since', models.TextField(db_default='', default='')),
                ('error', models.TextField(db_default='', default='')),
                ('due_at', models.TextField()),
                ('claim', models.TextField(db_default='', default='')),
            ],
            options={
                'db_table': 'outgoing_hooks',
                'indexes': [models.Index(condition=models.Q(('state', 'active')), fields=['due_at', 'id'], name='outgoing_hooks_due')],
                'constraints': [models.UniqueConstraint(fields=('room_id', 'slot'), name='outgoing_hooks_few')],
            },
        ),
    ]
