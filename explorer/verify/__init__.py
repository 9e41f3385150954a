"""Verify: run every static graph on every example beside eager. Runs in the worker only."""
