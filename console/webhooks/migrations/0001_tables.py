import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import console.organizations.ids


class Migration(migrations.Migration):
    replaces = [("webhooks", "0001_initial")]

    initial = True

    dependencies = [
        ("organizations", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="LogMark",
            fields=[
                (
                    "organization",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="organizations.organization",
                    ),
                ),
                ("sequence", models.PositiveBigIntegerField()),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=console.organizations.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("sequence", models.PositiveBigIntegerField(null=True)),
                ("kind", models.CharField(max_length=40)),
                ("body", models.TextField()),
                ("at", models.DateTimeField()),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="organizations.organization"
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["at"], name="message_by_time")],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "sequence"), name="one_message_per_event"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "webhook.test"), ("sequence", None)),
                            models.Q(("sequence__isnull", False), models.Q(("kind", "webhook.test"), _negated=True)),
                            _connector="OR",
                        ),
                        name="message_tells_an_event_or_tests",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Webhook",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=console.organizations.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("url", models.CharField(max_length=2000)),
                ("description", models.CharField(blank=True, max_length=200)),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), size=None),
                ),
                ("secret", models.TextField()),
                ("former_secret", models.TextField(blank=True)),
                ("former_until", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField()),
                ("disabled_at", models.DateTimeField(null=True)),
                (
                    "disabled_because",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("person", "A person switched it off"),
                            ("gone", "The receiver answered 410 Gone"),
                            ("failing", "Nothing arrived for three days"),
                            ("not_allowed", "Its address leads where the console must not connect to"),
                        ],
                        max_length=12,
                    ),
                ),
                ("failing_since", models.DateTimeField(null=True)),
                ("failures", models.PositiveIntegerField(default=0)),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="webhooks",
                        to="organizations.organization",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["organization", "-id"], name="webhook_list")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kinds__contained_by",
                                [
                                    "version.published",
                                    "version.promoted",
                                    "version.activated",
                                    "version.ready",
                                    "version.approved",
                                    "version.changes_requested",
                                    "version.request_withdrawn",
                                    "version.pushed",
                                    "version.pushed_past_gates",
                                    "version.rolled_back",
                                    "hold.lifted",
                                    "approval.revoked",
                                    "approval.stale",
                                    "job.started",
                                    "job.finished",
                                    "agent.created",
                                    "agent.archived",
                                    "agent.unarchived",
                                ],
                            ),
                            ("kinds__len__gt", 0),
                        ),
                        name="webhook_hears_known_kinds",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("former_secret", ""), ("former_until", None)),
                            models.Q(models.Q(("former_secret", ""), _negated=True), ("former_until__isnull", False)),
                            _connector="OR",
                        ),
                        name="webhook_former_secret_ends",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("disabled_at", None), ("disabled_because", "")),
                            models.Q(
                                ("disabled_at__isnull", False),
                                ("disabled_because__in", ["person", "gone", "failing", "not_allowed"]),
                            ),
                            _connector="OR",
                        ),
                        name="webhook_disabled_with_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("failing_since", None), ("failures", 0)),
                            models.Q(("failing_since__isnull", False), ("failures__gt", 0)),
                            _connector="OR",
                        ),
                        name="webhook_failures_began",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("secret", ""), _negated=True), models.Q(("url", ""), _negated=True)
                        ),
                        name="webhook_signs_and_leads",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=console.organizations.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("pending", "Waiting"), ("delivered", "Delivered"), ("dead", "Dead letter")],
                        default="pending",
                        max_length=10,
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("next_at", models.DateTimeField()),
                ("lease_until", models.DateTimeField(null=True)),
                ("holder", models.CharField(blank=True, max_length=32)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="organizations.organization"
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="deliveries", to="webhooks.message"
                    ),
                ),
                (
                    "webhook",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="deliveries", to="webhooks.webhook"
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["webhook", "-id"], name="delivery_list"),
                    models.Index(condition=models.Q(("state", "pending")), fields=["next_at"], name="delivery_due"),
                    models.Index(
                        condition=models.Q(("state", "pending")),
                        fields=["webhook", "next_at"],
                        name="delivery_due_of_webhook",
                    ),
                    models.Index(
                        condition=models.Q(("state", "dead")), fields=["webhook", "-id"], name="delivery_dead"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("webhook", "message"), name="message_once_per_webhook"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("state", "pending")),
                            models.Q(
                                ("ended_at__isnull", False), ("lease_until", None), ("state__in", ["delivered", "dead"])
                            ),
                            _connector="OR",
                        ),
                        name="delivery_ends_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                ("signature", models.CharField(blank=True, max_length=400)),
                ("status", models.PositiveSmallIntegerField(null=True)),
                ("milliseconds", models.PositiveIntegerField()),
                ("trouble", models.CharField(blank=True, max_length=300)),
                ("reply", models.TextField(blank=True)),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="log", to="webhooks.delivery"
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [models.UniqueConstraint(fields=("delivery", "number"), name="attempt_number_once")],
            },
        ),
    ]
