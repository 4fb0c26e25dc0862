"""The release pages, by noun. Each view: load what the person may see, check the form, call the verb, render."""
