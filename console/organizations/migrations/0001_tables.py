import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import console.organizations.ids


class Migration(migrations.Migration):
    replaces = [
        ("organizations", "0001_initial"),
        ("organizations", "0002_outgoing_mail"),
        ("organizations", "0003_notifications"),
        ("organizations", "0004_api_keys"),
        ("organizations", "0005_preferences"),
        ("organizations", "0006_more_permissions"),
        ("organizations", "0007_saved_views"),
        ("organizations", "0008_keys_made_by_keys"),
        ("organizations", "0009_rights_of_kept_answers"),
        ("organizations", "0010_webhooks_and_their_notices"),
    ]

    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="OutgoingMail",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=console.organizations.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "to",
                    django.contrib.postgres.fields.ArrayField(base_field=models.EmailField(max_length=254), size=None),
                ),
                ("subject", models.CharField(max_length=300)),
                ("body", models.TextField()),
                ("html", models.TextField(blank=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("next_attempt_at", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "id",
                    models.UUIDField(
                        default=console.organizations.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("email", models.EmailField(max_length=254, unique=True)),
                ("name", models.CharField(max_length=200)),
                (
                    "theme",
                    models.CharField(
                        choices=[("system", "System"), ("light", "Light"), ("dark", "Dark")],
                        default="system",
                        max_length=6,
                    ),
                ),
                ("density", models.CharField(default="auto", max_length=11)),
                ("motion", models.CharField(default="system", max_length=7)),
                ("diff_layout", models.CharField(default="side", max_length=7)),
                ("clock", models.CharField(default="24", max_length=2)),
                ("time_zone", models.CharField(blank=True, default="", max_length=64)),
                ("times_in_utc", models.BooleanField(default=False)),
                ("single_keys", models.BooleanField(default=True)),
                ("is_active", models.BooleanField(default=True)),
                ("date_joined", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(django.db.models.functions.text.Lower("email"), name="user_email_unique"),
                    models.CheckConstraint(condition=models.Q(("is_superuser", False)), name="user_never_superuser"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("clock__in", ["24", "12"]),
                            ("density__in", ["auto", "comfortable", "compact"]),
                            ("diff_layout__in", ["side", "unified"]),
                            ("motion__in", ["system", "reduced"]),
                            ("theme__in", ["system", "light", "dark"]),
                        ),
                        name="user_preferences_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ApiCallCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("caller", models.CharField(max_length=100)),
                ("minute", models.PositiveIntegerField()),
                ("calls", models.PositiveIntegerField(default=0)),
            ],
            options={
                "default_permissions": (),
                "constraints": [models.UniqueConstraint(fields=("caller", "minute"), name="api_calls_by_minute")],
            },
        ),
        migrations.CreateModel(
            name="HistoricalOrganization",
            fields=[
                ("id", models.UUIDField(db_index=True, default=console.organizations.ids.new_id, editable=False)),
                (
                    "slug",
                    models.CharField(
                        db_index=True,
                        max_length=63,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\Z",
                                "Use 1 to 63 lower-case letters, digits and hyphens; begin and end with a letter or digit.",
                            )
                        ],
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("four_eyes", models.BooleanField(default=True)),
                ("developers_read_staging", models.BooleanField(default=False)),
                ("developers_read_production", models.BooleanField(default=False)),
                ("qa_reads_production", models.BooleanField(default=False)),
                ("sign_off_days", models.PositiveSmallIntegerField(default=30)),
                ("ticket_required", models.BooleanField(default=False)),
                ("fresh_sign_in_for_production", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical organization",
                "verbose_name_plural": "historical organizations",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Installation",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("opened_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "default_permissions": (),
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="one_installation")],
            },
        ),
        migrations.CreateModel(
            name="NotificationSwitch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "event",
                    models.CharField(
                        choices=[
                            ("promoted", "Promoted to Staging"),
                            ("ready", "Ready for Production"),
                            ("changes_requested", "Changes requested"),
                            ("pushed", "Pushed to Production"),
                            ("glass_broken", "Pushed past failing gates"),
                            ("rolled_back", "Rolled back"),
                            ("approval_stale", "Approval ended: stale or revoked"),
                            ("webhook_disabled", "A webhook was switched off"),
                        ],
                        max_length=20,
                    ),
                ),
                ("console", models.BooleanField(default=True)),
                ("mail", models.BooleanField(default=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notification_switches",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [models.UniqueConstraint(fields=("user", "event"), name="one_switch_per_event")],
            },
        ),
        migrations.CreateModel(
            name="Organization",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=console.organizations.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "slug",
                    models.CharField(
                        max_length=63,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\Z",
                                "Use 1 to 63 lower-case letters, digits and hyphens; begin and end with a letter or digit.",
                            )
                        ],
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("four_eyes", models.BooleanField(default=True)),
                ("developers_read_staging", models.BooleanField(default=False)),
                ("developers_read_production", models.BooleanField(default=False)),
                ("qa_reads_production", models.BooleanField(default=False)),
                ("sign_off_days", models.PositiveSmallIntegerField(default=30)),
                ("ticket_required", models.BooleanField(default=False)),
                ("fresh_sign_in_for_production", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "permissions": [
                    ("view_agent_releases", "see an agent that has left Development, its pins and states"),
                    ("view_development", "see agents in Development and read their versions"),
                    ("view_draft", "read the draft and its history"),
                    ("edit_draft", "edit the draft"),
                    ("promote_to_staging", "promote to Staging"),
                    ("view_staging", "open Staging"),
                    ("mark_ready", "mark ready for Production or request changes"),
                    ("revoke_ready", "revoke an approval"),
                    (
                        "approve_release",
                        "approve a version that is ready, where an environment asks for more approvals",
                    ),
                    ("view_production", "open Production"),
                    ("push_to_production", "push to Production"),
                    ("roll_back", "roll back"),
                    ("lift_hold", "lift a hold"),
                    ("break_glass", "push past failing gates in an emergency"),
                    ("create_agent", "create and import agents"),
                    ("archive_agent", "archive agents"),
                    ("view_members", "see members and roles"),
                    ("manage_members", "invite, change and remove members"),
                    ("view_settings", "see the organization's settings"),
                    ("manage_settings", "change the organization's settings"),
                    ("manage_environments", "add, order and change environments and their rules"),
                    ("create_own_keys", "make API keys for oneself"),
                    ("manage_webhooks", "add, change, test and delete webhooks"),
                    ("manage_keys", "make, allow and revoke all API keys of the organization"),
                    ("view_own_events", "see one's own audit events"),
                    ("view_release_events", "see the audit events of releases"),
                    ("view_all_events", "see the whole audit log"),
                ],
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("sign_off_days__gte", 1), ("sign_off_days__lte", 365)),
                        name="sign_off_days_in_range",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Notification",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=console.organizations.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "event",
                    models.CharField(
                        choices=[
                            ("promoted", "Promoted to Staging"),
                            ("ready", "Ready for Production"),
                            ("changes_requested", "Changes requested"),
                            ("pushed", "Pushed to Production"),
                            ("glass_broken", "Pushed past failing gates"),
                            ("rolled_back", "Rolled back"),
                            ("approval_stale", "Approval ended: stale or revoked"),
                            ("webhook_disabled", "A webhook was switched off"),
                        ],
                        max_length=20,
                    ),
                ),
                ("agent_id", models.UUIDField(null=True)),
                ("data", models.JSONField(default=dict)),
                ("said", models.TextField(blank=True)),
                ("path", models.CharField(max_length=300)),
                ("at", models.DateTimeField()),
                ("read_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notifications",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="organizations.organization"
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["user", "organization", "-id"], name="notification_list"),
                    models.Index(
                        condition=models.Q(("read_at", None)),
                        fields=["user", "organization"],
                        name="notification_unread",
                    ),
                    models.Index(fields=["at"], name="notification_by_time"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=console.organizations.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("developer", "Developer"),
                                ("qa", "QA"),
                                ("org_admin", "Org Admin"),
                                ("auditor", "Auditor"),
                            ],
                            max_length=20,
                        ),
                        size=None,
                    ),
                ),
                ("joined_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to="organizations.organization",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "user"), name="one_membership_per_person"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("roles__contained_by", ["developer", "qa", "org_admin", "auditor"]), ("roles__len__gt", 0)
                        ),
                        name="membership_has_known_roles",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=console.organizations.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("email", models.EmailField(max_length=254)),
                (
                    "roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("developer", "Developer"),
                                ("qa", "QA"),
                                ("org_admin", "Org Admin"),
                                ("auditor", "Auditor"),
                            ],
                            max_length=20,
                        ),
                        size=None,
                    ),
                ),
                ("token_digest", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("expires_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "invited_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitations",
                        to="organizations.organization",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("roles__contained_by", ["developer", "qa", "org_admin", "auditor"]), ("roles__len__gt", 0)
                        ),
                        name="invitation_has_known_roles",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="IdempotentCall",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=console.organizations.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("caller", models.CharField(max_length=64)),
                ("key", models.CharField(max_length=255)),
                ("request_digest", models.CharField(max_length=64)),
                ("execution", models.CharField(max_length=64)),
                ("lease_until", models.DateTimeField()),
                ("created_at", models.DateTimeField(db_index=True)),
                ("status", models.PositiveSmallIntegerField(null=True)),
                (
                    "rights",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=63), default=list, size=None
                    ),
                ),
                ("headers", models.JSONField(default=dict)),
                ("body", models.BinaryField(default=bytes)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="organizations.organization"
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [models.UniqueConstraint(fields=("caller", "key"), name="idempotency_key_once")],
            },
        ),
        migrations.CreateModel(
            name="HistoricalMembership",
            fields=[
                ("id", models.UUIDField(db_index=True, default=console.organizations.ids.new_id, editable=False)),
                (
                    "roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("developer", "Developer"),
                                ("qa", "QA"),
                                ("org_admin", "Org Admin"),
                                ("auditor", "Auditor"),
                            ],
                            max_length=20,
                        ),
                        size=None,
                    ),
                ),
                ("joined_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="organizations.organization",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical membership",
                "verbose_name_plural": "historical memberships",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=console.organizations.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                (
                    "kind",
                    models.CharField(
                        choices=[("personal", "Personal"), ("service", "Service account"), ("assistant", "Assistant")],
                        default="personal",
                        max_length=10,
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("developer", "Developer"),
                            ("qa", "QA"),
                            ("org_admin", "Org Admin"),
                            ("auditor", "Auditor"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "environments",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=63), blank=True, default=list, size=None
                    ),
                ),
                ("may_push", models.BooleanField(default=False)),
                ("prefix", models.CharField(max_length=16, unique=True)),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("last_used_at", models.DateTimeField(null=True)),
                ("last_used_from", models.CharField(blank=True, max_length=64)),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="made",
                        to="organizations.apikey",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="api_keys",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "replaced_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organizations.apikey",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="api_keys",
                        to="organizations.organization",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        models.F("organization"),
                        django.db.models.functions.text.Lower("name"),
                        condition=models.Q(("replaced_by", None), ("revoked_at", None)),
                        name="api_key_name_unique",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("created_at"))), name="api_key_expires"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["developer", "qa", "org_admin", "auditor"])),
                        name="api_key_has_known_role",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind", "assistant"), ("may_push", True), _negated=True),
                        name="assistant_never_pushes",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OrganizationGroupObjectPermission",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "content_object",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="organizations.organization"),
                ),
                ("group", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="auth.group")),
                ("permission", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="auth.permission")),
            ],
            options={
                "abstract": False,
                "unique_together": {("group", "permission", "content_object")},
            },
        ),
        migrations.CreateModel(
            name="OrganizationUserObjectPermission",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "content_object",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="organizations.organization"),
                ),
                ("permission", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="auth.permission")),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "abstract": False,
                "unique_together": {("user", "permission", "content_object")},
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=console.organizations.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "page",
                    models.CharField(
                        choices=[
                            ("dashboard", "Dashboard"),
                            ("agents", "Agents"),
                            ("queue", "My queue"),
                            ("audit", "Audit log"),
                        ],
                        max_length=20,
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                ("query", models.CharField(max_length=2000)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="organizations.organization"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_views",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person", "organization", "page", "name"), name="saved_view_named_once"
                    )
                ],
            },
        ),
        # Counters are worth nothing after a crash, and every call writes one.
        migrations.RunSQL(
            "ALTER TABLE organizations_apicallcount SET UNLOGGED",
            "ALTER TABLE organizations_apicallcount SET LOGGED",
        ),
    ]
