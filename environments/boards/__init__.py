"""Boards: many agents at once. What is live where (`matrix`), what waits for a person (`waiting`, `queue`)."""
