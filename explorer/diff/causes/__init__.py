"""Causes: why a static graph is not what eager does. One file per cause, and a registry."""
