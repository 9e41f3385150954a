"""The report: everything that is known about one source, as data, and its formats."""
