"""What waits for somebody is found by state and age, over all agents of an organization."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("environments", "0006_default_environment")]

    operations = [
        migrations.AddIndex(
            model_name="release",
            index=models.Index(fields=["organization", "state", "changed_at"], name="release_waiting"),
        ),
        migrations.AddIndex(
            model_name="hold",
            index=models.Index(
                condition=models.Q(("lifted_at", None)), fields=["organization", "at"], name="hold_open"
            ),
        ),
    ]
