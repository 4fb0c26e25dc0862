"""What a caller might do when a call was sent: its kept answer is told again only to who still may as much."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("organizations", "0008_keys_made_by_keys")]

    operations = [
        migrations.AddField(
            model_name="idempotentcall",
            name="rights",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=63), default=list, size=None
            ),
        ),
    ]
