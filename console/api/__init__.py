"""The HTTP API of contract.md: one NinjaAPI, its error table, and the routers of the rooms."""
