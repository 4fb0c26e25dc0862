"""The table in which differences of large documents are kept for a while."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("console", "0001_cache_table")]

    operations = [
        migrations.RunSQL(
            """
            CREATE TABLE IF NOT EXISTS console_comparisons (
                cache_key varchar(255) PRIMARY KEY,
                value text NOT NULL,
                expires timestamp with time zone NOT NULL
            );
            CREATE INDEX IF NOT EXISTS console_comparisons_expires ON console_comparisons (expires)
            """,
            "DROP TABLE console_comparisons",
        )
    ]
