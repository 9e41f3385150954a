"""Labelled models: where each static graph diverges from eager, line by line, and what was measured."""
