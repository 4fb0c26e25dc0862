import django.db.models.deletion
import django.db.models.fields.json
from django.conf import settings
from django.db import migrations, models

import console.organizations.ids


class Migration(migrations.Migration):
    replaces = [
        ("audit", "0001_initial"),
        ("audit", "0003_search_indexes_and_checkpoint_chain"),
        ("audit", "0004_slug_index"),
    ]

    initial = True

    dependencies = [
        ("organizations", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="ChainHead",
            fields=[
                (
                    "organization",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="chain_head",
                        serialize=False,
                        to="organizations.organization",
                    ),
                ),
                ("sequence", models.PositiveBigIntegerField(default=0)),
                (
                    "hash",
                    models.CharField(
                        default="0000000000000000000000000000000000000000000000000000000000000000", max_length=64
                    ),
                ),
                ("at", models.DateTimeField(null=True)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=console.organizations.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("sequence", models.PositiveBigIntegerField()),
                ("hash", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("previous", models.CharField(blank=True, max_length=64)),
                ("signature", models.CharField(max_length=64)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="checkpoints",
                        to="organizations.organization",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "sequence"), name="one_checkpoint_per_sequence")
                ],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=console.organizations.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("sequence", models.PositiveBigIntegerField()),
                ("verb", models.CharField(max_length=60)),
                ("outcome", models.CharField(choices=[("done", "Done"), ("refused", "Refused")], max_length=8)),
                ("refusal", models.CharField(blank=True, max_length=40)),
                ("actor_label", models.CharField(max_length=200)),
                ("door", models.CharField(max_length=12)),
                ("target_kind", models.CharField(max_length=40)),
                ("target_id", models.CharField(max_length=64)),
                ("target_label", models.CharField(max_length=300)),
                ("agent_id", models.UUIDField(null=True)),
                ("environment", models.CharField(blank=True, max_length=63)),
                ("before_digest", models.CharField(blank=True, max_length=64)),
                ("after_digest", models.CharField(blank=True, max_length=64)),
                ("reason", models.TextField(blank=True)),
                ("data", models.JSONField(default=dict)),
                ("request_id", models.CharField(blank=True, max_length=64)),
                ("address", models.CharField(blank=True, max_length=64)),
                ("at", models.DateTimeField()),
                ("previous_hash", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="organizations.organization",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["organization", "actor", "-sequence"], name="event_by_actor"),
                    models.Index(fields=["organization", "agent_id", "-sequence"], name="event_by_agent"),
                    models.Index(fields=["organization", "verb", "-sequence"], name="event_by_verb"),
                    models.Index(fields=["organization", "at"], name="event_by_time"),
                    models.Index(fields=["organization", "target_id", "-sequence"], name="event_by_target"),
                    models.Index(fields=["organization", "target_label", "-sequence"], name="event_by_target_label"),
                    models.Index(fields=["organization", "actor_label", "-sequence"], name="event_by_actor_label"),
                    models.Index(fields=["organization", "environment", "-sequence"], name="event_by_environment"),
                    models.Index(fields=["organization", "request_id", "-sequence"], name="event_by_request"),
                    models.Index(fields=["organization", "outcome", "-sequence"], name="event_by_outcome"),
                    models.Index(
                        models.F("organization"),
                        django.db.models.fields.json.KeyTransform("slug", "data"),
                        condition=models.Q(("verb__in", ("agent.created", "agent.imported"))),
                        name="event_by_slug",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "sequence"), name="event_sequence_unique"),
                    models.CheckConstraint(condition=models.Q(("sequence__gte", 1)), name="event_sequence_from_one"),
                ],
            },
        ),
    ]
