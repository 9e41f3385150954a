"""A page for each cause of a divergence, written from runs of the explorer on small models."""
