"""A message never changes, and message, event, webhook and delivery belong to one organization (G10, G15)."""

from django.db import migrations

FROZEN = """
CREATE TRIGGER webhooks_message_immutable BEFORE UPDATE ON webhooks_message
    FOR EACH ROW EXECUTE FUNCTION slipway_refuse_change()
"""
KEYS = ["webhooks_webhook", "webhooks_message"]
REFERENCES = [
    ("webhooks_delivery", "webhook", "organization_id, webhook_id", "webhooks_webhook", "organization_id, id"),
    ("webhooks_delivery", "message", "organization_id, message_id", "webhooks_message", "organization_id, id"),
    ("webhooks_message", "event", "organization_id, sequence", "audit_event", "organization_id, sequence"),
]


def key(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {table}_organization_key UNIQUE (organization_id, id)",
        f"ALTER TABLE {table} DROP CONSTRAINT {table}_organization_key",
    )


def reference(table: str, name: str, columns: str, other: str, other_columns: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {table}_same_{name} FOREIGN KEY ({columns})"
        f" REFERENCES {other} ({other_columns}) DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE {table} DROP CONSTRAINT {table}_same_{name}",
    )


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0001_tables"), ("audit", "0002_immutable_events")]

    operations = [
        migrations.RunSQL(FROZEN, "DROP TRIGGER webhooks_message_immutable ON webhooks_message"),
        *[key(table) for table in KEYS],
        *[reference(*row) for row in REFERENCES],
    ]
