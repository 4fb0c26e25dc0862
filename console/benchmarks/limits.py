"""What the hot path is held against: WSGI functions that do the least that could answer the same.

`bare` looks at the key and answers from memory; `sql` reads key, pointer and content with one prepared
statement and answers the same bytes. Run by granian, told by the environment what to answer.
"""

import json
import os
import threading
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
import zstandard

from agents.parts import joined

Environ = dict[str, Any]
StartResponse = Callable[..., Any]

# path and query -> headers and body; written by console.benchmarks.serving
_TOLD = json.loads(Path(os.environ["SLIPWAY_BENCH_ANSWERS"]).read_text(encoding="utf-8"))
_KEYS = {bytes.fromhex(_TOLD["key"])}
_ANSWERS = {asked: ([*map(tuple, headers)], body.encode()) for asked, (headers, body) in _TOLD["answers"].items()}
_JSON = ("Content-Type", "application/json; charset=utf-8")
_OWN = threading.local()

STATEMENT = """
SELECT version.number, version.digest,
    content.paths, content.bodies, content.sizes
FROM organizations_apikey key
JOIN agents_agent agent ON agent.organization_id = key.organization_id AND agent.slug = %s
JOIN environments_environment place ON place.organization_id = key.organization_id AND place.slug = 'staging'
JOIN environments_pin pin ON pin.environment_id = place.id AND pin.agent_id = agent.id
JOIN agents_version version ON version.id = pin.version_id
JOIN agents_manifest manifest ON manifest.id = version.manifest_id
CROSS JOIN LATERAL (
    SELECT array_agg(entry.key) AS paths, array_agg(part.body) AS bodies, array_agg(part.size) AS sizes
    FROM jsonb_each_text(manifest.entries) entry
    JOIN agents_part part ON part.organization_id = key.organization_id AND part.digest = entry.value) content
WHERE key.digest = %s AND key.revoked_at IS NULL AND key.expires_at > now()
"""


def bare(environ: Environ, start_response: StartResponse) -> list[bytes]:
    """Key check and process cache, no more."""
    if sha256(environ["HTTP_X_API_KEY"].encode()).digest() not in _KEYS:
        start_response("401 Unauthorized", [])
        return [b""]
    headers, body = _ANSWERS[f"{environ['PATH_INFO']}?{environ['QUERY_STRING']}"]
    if environ.get("HTTP_IF_NONE_MATCH") == headers[0][1]:
        start_response("304 Not Modified", headers)
        return [b""]
    start_response("200 OK", [_JSON, ("Content-Length", str(len(body))), *headers])
    return [body]


def sql(environ: Environ, start_response: StartResponse) -> list[bytes]:
    """Key, pointer and content in one prepared statement, the content put together as it is stored."""
    if not hasattr(_OWN, "connection"):
        planned = "-c plan_cache_mode=force_generic_plan"
        _OWN.connection = psycopg.connect(os.environ["DATABASE_URL"], options=planned, autocommit=True)
        _OWN.unpacker = zstandard.ZstdDecompressor()
    agent = environ["PATH_INFO"].split("/")[4]
    digest = sha256(environ["HTTP_X_API_KEY"].encode()).hexdigest()
    row = _OWN.connection.execute(STATEMENT, (agent, digest), prepare=True, binary=True).fetchone()
    if row is None:
        start_response("404 Not Found", [])
        return [b""]
    number, etag, *content = row
    parts = {path: _OWN.unpacker.decompress(body, size) for path, body, size in zip(*content, strict=True)}
    form = b'{"agent":"%b","environment":"staging","version":%d,"digest":"%b","config":%b}'
    body = form % (agent.encode(), number, etag.encode(), joined(parts))
    start_response("200 OK", [_JSON, ("Content-Length", str(len(body))), ("ETag", f'"{etag}"')])
    return [body]
