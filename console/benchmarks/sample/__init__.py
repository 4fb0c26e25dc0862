"""Many agents with a believable past, written in bulk for benchmarks and for looking at a full console.

`telling` says what happened to one agent, `writing` puts many such pasts into the database. The rows are those
that the verbs would have left: chains verify and every invariant of reliability.md section 7 holds.
"""

from console.benchmarks.sample.writing import Amount, amount_of, fill_organization

__all__ = ["Amount", "amount_of", "fill_organization"]
