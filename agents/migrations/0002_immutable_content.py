"""Parts, manifests and versions never change, and no row points into another organization."""

from django.db import migrations

IMMUTABLE = ("agents_part", "agents_manifest", "agents_version", "agents_versioncontributor")
TRIGGERS = """
CREATE TRIGGER {table}_immutable BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION slipway_refuse_change();
CREATE TRIGGER {table}_kept BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION slipway_refuse_change()
"""
NO_TRIGGERS = """
DROP TRIGGER {table}_immutable ON {table};
DROP TRIGGER {table}_kept ON {table}
"""

# (table, columns) that other tables point to with their tenant or their agent.
KEYS = [
    ("agents_agent", "organization_id, id"),
    ("agents_part", "organization_id, id"),
    ("agents_manifest", "organization_id, id"),
    ("agents_version", "agent_id, id"),
]
# (table, name, columns, referenced table, referenced columns)
REFERENCES = [
    ("agents_draft", "agent", "organization_id, agent_id", "agents_agent", "organization_id, id"),
    ("agents_draft", "manifest", "organization_id, manifest_id", "agents_manifest", "organization_id, id"),
    ("agents_draft", "layout", "organization_id, layout_id", "agents_part", "organization_id, id"),
    ("agents_draft", "base", "agent_id, base_id", "agents_version", "agent_id, id"),
    ("agents_version", "agent", "organization_id, agent_id", "agents_agent", "organization_id, id"),
    ("agents_version", "manifest", "organization_id, manifest_id", "agents_manifest", "organization_id, id"),
    ("agents_version", "layout", "organization_id, layout_id", "agents_part", "organization_id, id"),
    ("agents_version", "base", "agent_id, base_id", "agents_version", "agent_id, id"),
]


def key(table: str, columns: str) -> migrations.RunSQL:
    name = f"{table}_{columns.split(',')[0]}_key"
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE ({columns})",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


def reference(table: str, name: str, columns: str, other: str, other_columns: str) -> migrations.RunSQL:
    name = f"{table}_same_{name}"
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({columns})"
        f" REFERENCES {other} ({other_columns}) DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):
    replaces = [("agents", "0003_immutable_content")]
    dependencies = [("agents", "0001_tables"), ("audit", "0002_immutable_events")]

    operations = [
        *[migrations.RunSQL(TRIGGERS.format(table=t), NO_TRIGGERS.format(table=t)) for t in IMMUTABLE],
        *[key(*row) for row in KEYS],
        *[reference(*row) for row in REFERENCES],
    ]
