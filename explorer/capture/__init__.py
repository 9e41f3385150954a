"""Captures: one file per kind, a registry, and what they share. Runs in the worker only."""
