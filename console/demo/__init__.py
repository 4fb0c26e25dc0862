"""The demo organization: people, agents and five months of history, told by the console's own verbs."""
