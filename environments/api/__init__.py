"""The API of this room (contract.md): thin doors to the same verbs, policies and gates as the pages."""
