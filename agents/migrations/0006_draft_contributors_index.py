"""The drafts that somebody works on, over all agents."""

import django.contrib.postgres.indexes
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("agents", "0005_more_permissions")]

    operations = [
        migrations.AddIndex(
            model_name="draft",
            index=django.contrib.postgres.indexes.GinIndex(fields=["contributors"], name="draft_by_contributor"),
        ),
    ]
