"""The console: organizations and people, the API, the programs that run it."""

import gc

# While a program loads, nearly nothing of what it makes is garbage; with Python's own figures the collector looks for
# some 900 times, a sixth of every start.
gc.set_threshold(50_000, 20, 20)
