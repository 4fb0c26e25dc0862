"""Whatever decides what a key is served announces its change in the transaction that makes it (docs/adr/011).

Web processes listen and forget what they kept in memory (environments/serving). The payload is a word and
an id: `agent`, `key`, `owner` or `organization`. A later table hooks in with `announce(...)`.
"""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION slipway_announce() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM pg_notify('slipway_serving', TG_ARGV[0] || ' ' || (to_jsonb(OLD) ->> TG_ARGV[1]));
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM pg_notify('slipway_serving', TG_ARGV[0] || ' ' || (to_jsonb(NEW) ->> TG_ARGV[1]));
    END IF;
    RETURN NULL;
END
$$
"""

# (table, word, column with the id): every change of a row counts.
ROWS = [
    ("environments_pin", "agent", "agent_id"),
    ("environments_environment", "organization", "organization_id"),
    ("agents_agentuserobjectpermission", "agent", "content_object_id"),
    ("agents_agentgroupobjectpermission", "agent", "content_object_id"),
    ("organizations_organizationuserobjectpermission", "organization", "content_object_id"),
    ("organizations_organizationgroupobjectpermission", "organization", "content_object_id"),
    ("organizations_membership", "owner", "user_id"),
    ("organizations_user_groups", "owner", "user_id"),
]
# (table, word, columns): only changes of these columns count, and the end of the row; it is named by its id.
COLUMNS = [
    ("agents_agent", "agent", ["slug", "released_at", "archived_at"]),
    (
        "organizations_apikey",
        "key",
        ["digest", "owner_id", "role", "kind", "environments", "may_push", "expires_at", "revoked_at"],
    ),
    ("organizations_user", "owner", ["is_active"]),
    (
        "organizations_organization",
        "organization",
        ["slug", "developers_read_staging", "developers_read_production", "qa_reads_production"],
    ),
]


def announce(table: str, word: str, column: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER {table}_announced AFTER INSERT OR UPDATE OR DELETE ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION slipway_announce('{word}', '{column}')",
        f"DROP TRIGGER {table}_announced ON {table}",
    )


def announce_columns(table: str, word: str, columns: list[str]) -> migrations.RunSQL:
    former, later = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
    return migrations.RunSQL(
        f"CREATE TRIGGER {table}_announced AFTER UPDATE ON {table} FOR EACH ROW"
        f" WHEN (({former}) IS DISTINCT FROM ({later})) EXECUTE FUNCTION slipway_announce('{word}', 'id');"
        f"CREATE TRIGGER {table}_end_announced AFTER DELETE ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION slipway_announce('{word}', 'id')",
        f"DROP TRIGGER {table}_announced ON {table}; DROP TRIGGER {table}_end_announced ON {table}",
    )


class Migration(migrations.Migration):
    replaces = [("environments", "0009_announce_changes")]
    dependencies = [("environments", "0002_immutable_moves"), ("organizations", "0001_tables")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION slipway_announce()"),
        *[announce(*row) for row in ROWS],
        *[announce_columns(*row) for row in COLUMNS],
    ]
