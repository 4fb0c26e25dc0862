"""Programs that name no environment get the first production environment, as they did before it could be chosen."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def choose(apps: Apps, _: BaseDatabaseSchemaEditor) -> None:
    Environment = apps.get_model("environments", "Environment")
    chosen: set[object] = set()
    for place in Environment.objects.filter(kind="production").order_by("organization", "position"):
        if place.organization_id not in chosen:
            chosen.add(place.organization_id)
            place.is_default = True
            place.save(update_fields=["is_default"])


class Migration(migrations.Migration):
    dependencies = [("environments", "0005_pipelines_and_jobs")]
    operations = [migrations.RunPython(choose, migrations.RunPython.noop)]
