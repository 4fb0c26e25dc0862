"""Everything that the OpenAPI document allows, and much that it forbids, asked of a running console."""
