"""The hot path: what an agent's runtime asks for thousands of times a second (performance.md, docs/adr/011).

`door` stands in front of Django and answers `GET /api/v1/agents/{agent}/config` from `memory`; what is not
there it looks up with one prepared statement (`lookup`). `listener` hears from the database what changed and
lets the memory forget it. Every refusal, every session and every other request is Django's: the same address
in `environments.api.config` says the same with the same bytes (`answers`).
"""
