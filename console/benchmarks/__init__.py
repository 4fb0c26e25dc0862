"""Measurements of what the goals put a figure on; run by `manage.py bench`, never by the tests."""
