"""Documents that tests share: one that uses every section, and generated ones."""

from typing import Any

from hypothesis import strategies as st

from agents.documents.text import document_in, read
from agents.parts import split

ORDER_AGENT = b"""\
kind: Assistant
apiVersion: v1
metadata: {name: order-agent, description: Handles order inquiries, labels: {team: commerce}}
spec:
  settings:
    language: en-US
    greeting: Hello, this is the order desk.
    model: {provider: openai, name: gpt-4.1, temperature: 0.3, max_tokens: 800, fallbacks: [{name: gpt-4.1-mini}]}
    voice: {provider: elevenlabs, voice_id: "{{voice_id}}", speed: 1.0}
    transcriber: {provider: deepgram, model: nova-3, keywords: [order]}
  prompt: |
    You answer questions about orders of {{company}}.
  flow:
    start: greet
    nodes: {greet: {type: say, text: "{{greeting}}", position: {x: 10, y: 20.5}},
      ask: {type: collect, variable: order_id},
      look: {type: tool, tool: order-lookup}, bye: {type: end}}
    edges: [{from: greet, to: ask}, {from: ask, to: look}, {from: look, to: bye, when: "found"}]
  knowledge: {returns: {title: Returns, source: handbook, content: "Within 30 days.\\n---\\nNo receipt, no return."}}
  tools: {order-lookup: {type: http, description: Find an order, method: GET, endpoint: "https://orders.example.com",
    auth_ref: "secrets://orders-token",
    parameters: {type: object, properties: {order_id: {type: string}}, required: [order_id]}}}
  integrations: {slack: {kind: slack, auth_ref: "secrets://slack", settings: {channel: support}}}
  policies: {safety: {blocked_topics: [medical], rate_limit_per_minute: 60}}
  variables: {company: {description: Shown to callers, required: true}, voice_id: {default: rachel}}
  tests: {finds-order: {turns: [{user: "Where is order 7?", expect: {tool: order-lookup, contains: "7"}}]}}
  extensions: {vapi: {startSpeakingPlan: {waitSeconds: 0.4}, $server: {id: "0192", orgId: "77"}}}
"""

_NASTY = "\u2028\u2029\x85\x7f\ufeff\u202e\u200b\ufffe"
_CHARACTERS = st.one_of(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
    st.sampled_from(list(" \n\t\r:-#'\"\\|>&*!%@`{}[],?x01.~" + _NASTY)),
)
TEXT = st.text(_CHARACTERS, max_size=60)
KEYS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=12)
SLUGS = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,11}", fullmatch=True)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=8
)
_WORDS = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=20)


def _tools() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"type": st.sampled_from(["http", "function", "reference", "transferCall"])},
        optional={
            "name": _WORDS,
            "description": TEXT,
            "endpoint": TEXT,
            "method": st.sampled_from(["GET", "POST"]),
            "parameters": st.just({"type": "object", "properties": {"a": {"type": "string"}}}),
            "ref": _WORDS,
            "vendor": st.sampled_from(["vapi", "elevenlabs"]),
            "function": VALUES,
            "api_schema": VALUES,
            "server": VALUES,
            "$server": st.dictionaries(KEYS, SCALARS, max_size=3),
        },
    )


def _flows() -> st.SearchStrategy[dict[str, Any]]:
    node = st.fixed_dictionaries(
        {"type": _WORDS},
        optional={
            "text": TEXT,
            "config": VALUES,
            "position": st.fixed_dictionaries({"x": st.integers(-9, 9), "y": st.integers(-9, 9)}),
            "metadata": st.just({"position": {"x": 1.5, "y": 2}}),
        },
    )
    return st.dictionaries(SLUGS, node, min_size=1, max_size=4).flatmap(
        lambda nodes: st.fixed_dictionaries(
            {
                "start": st.sampled_from(sorted(nodes)),
                "nodes": st.just(nodes),
                "edges": st.lists(
                    st.fixed_dictionaries(
                        {"from": st.sampled_from(sorted(nodes)), "to": st.sampled_from(sorted(nodes))},
                        optional={"when": TEXT, "at": TEXT},
                    ),
                    max_size=4,
                ),
            },
            optional={"viewport": st.just({"x": 0, "y": 0, "zoom": 1.5})},
        )
    )


CONFIGS = st.fixed_dictionaries(
    {},
    optional={
        "settings": st.fixed_dictionaries(
            {},
            optional={
                "language": st.sampled_from(["en", "de-DE", "zh_Hant_TW"]),
                "greeting": TEXT,
                "model": st.fixed_dictionaries(
                    {}, optional={"name": _WORDS, "temperature": st.floats(0, 2), "topP": VALUES}
                ),
                "voice": st.fixed_dictionaries({}, optional={"voice_id": _WORDS, "stability": SCALARS}),
                "transcriber": st.fixed_dictionaries(
                    {}, optional={"model": _WORDS, "keywords": st.lists(TEXT, max_size=3)}
                ),
            },
        ),
        "prompt": TEXT,
        "flow": _flows(),
        "knowledge": st.dictionaries(
            SLUGS,
            st.fixed_dictionaries({"title": _WORDS, "content": TEXT}, optional={"source": TEXT, "tags": VALUES}),
            max_size=3,
        ),
        "tools": st.dictionaries(SLUGS, _tools(), max_size=3),
        "integrations": st.dictionaries(SLUGS, st.fixed_dictionaries({"kind": _WORDS, "more": VALUES}), max_size=2),
        "policies": st.dictionaries(SLUGS, st.dictionaries(KEYS, VALUES, max_size=3), max_size=2),
        "variables": st.dictionaries(SLUGS, st.fixed_dictionaries({"default": VALUES}), max_size=3),
        "tests": st.dictionaries(
            SLUGS,
            st.fixed_dictionaries({"turns": st.lists(st.fixed_dictionaries({"user": TEXT}), min_size=1, max_size=3)}),
            max_size=2,
        ),
        "extensions": st.dictionaries(st.sampled_from(["vapi", "elevenlabs", "acme"]), VALUES, max_size=3),
    },
)


def document(config: dict[str, Any]) -> dict[str, Any]:
    """A standalone document of a configuration."""
    return {"apiVersion": "v1", "kind": "Assistant", "metadata": {"name": "generated"}, "spec": config}


def load_document(raw: bytes, *, filename: str = "", content_type: str = "") -> dict[str, Any]:
    """A valid document of ours, read as an import reads it."""
    return document_in(read(raw, filename=filename, content_type=content_type))


def config_digest(config: dict[str, Any]) -> str:
    """The digest of a configuration."""
    return split(config).digest
