"""The pages of agents and their drafts, by noun."""
