"""Events and checkpoints never change: PostgreSQL refuses UPDATE, DELETE and TRUNCATE itself (G10)."""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION slipway_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% rows are immutable', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$
"""

ROWS = """
CREATE TRIGGER {table}_immutable BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION slipway_refuse_change()
"""
TABLE = """
CREATE TRIGGER {table}_kept BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION slipway_refuse_change()
"""
UNDO = """
DROP TRIGGER {table}_immutable ON {table};
DROP TRIGGER {table}_kept ON {table}
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_tables")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION slipway_refuse_change()"),
        *[
            migrations.RunSQL([ROWS.format(table=table), TABLE.format(table=table)], UNDO.format(table=table))
            for table in ("audit_event", "audit_checkpoint")
        ],
    ]
