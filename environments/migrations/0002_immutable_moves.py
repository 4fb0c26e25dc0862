"""Deployments and sign-offs never change, and every row stays within its agent and organization."""

from django.db import migrations

IMMUTABLE = ("environments_deployment", "environments_signoff")
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

KEYS = [
    ("environments_environment", "organization", "organization_id, id"),
    ("environments_signoff", "agent", "agent_id, id"),
    ("environments_deployment", "move", "agent_id, environment_id, version_id, id"),
]

AGENT = ("agent", "organization_id, agent_id", "agents_agent", "organization_id, id")
VERSION = ("version", "agent_id, version_id", "agents_version", "agent_id, id")
ENVIRONMENT = (
    "environment",
    "organization_id, environment_id",
    "environments_environment",
    "organization_id, id",
)
REFERENCES = [
    ("environments_release", [AGENT, VERSION]),
    ("environments_signoff", [AGENT, VERSION, ENVIRONMENT]),
    (
        "environments_deployment",
        [
            AGENT,
            VERSION,
            ENVIRONMENT,
            ("from_version", "agent_id, from_version_id", "agents_version", "agent_id, id"),
            ("sign_off", "agent_id, sign_off_id", "environments_signoff", "agent_id, id"),
        ],
    ),
    (
        "environments_pin",
        [
            AGENT,
            VERSION,
            ENVIRONMENT,
            (
                # A pin is always what its last deployment says.
                "deployment",
                "agent_id, environment_id, version_id, deployment_id",
                "environments_deployment",
                "agent_id, environment_id, version_id, id",
            ),
        ],
    ),
    ("environments_hold", [AGENT, VERSION]),
]


def key(table: str, name: str, columns: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {table}_{name}_key UNIQUE ({columns})",
        f"ALTER TABLE {table} DROP CONSTRAINT {table}_{name}_key",
    )


def reference(table: str, name: str, columns: str, other: str, other_columns: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {table}_same_{name} FOREIGN KEY ({columns})"
        f" REFERENCES {other} ({other_columns}) DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE {table} DROP CONSTRAINT {table}_same_{name}",
    )


class Migration(migrations.Migration):
    replaces = [("environments", "0003_immutable_moves")]
    dependencies = [("environments", "0001_tables"), ("agents", "0002_immutable_content")]

    operations = [
        *[migrations.RunSQL(TRIGGERS.format(table=t), NO_TRIGGERS.format(table=t)) for t in IMMUTABLE],
        *[key(*row) for row in KEYS],
        *[reference(table, *row) for table, rows in REFERENCES for row in rows],
    ]
