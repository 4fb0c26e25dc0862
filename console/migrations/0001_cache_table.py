"""The table of the shared cache, so that `migrate` alone prepares a database."""

from django.db import migrations


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        migrations.RunSQL(
            """
            CREATE TABLE IF NOT EXISTS console_cache (
                cache_key varchar(255) PRIMARY KEY,
                value text NOT NULL,
                expires timestamp with time zone NOT NULL
            );
            CREATE INDEX IF NOT EXISTS console_cache_expires ON console_cache (expires)
            """,
            "DROP TABLE console_cache",
        )
    ]
