"""What every test may ask for: the cast."""

pytest_plugins = ("tests.cast",)
