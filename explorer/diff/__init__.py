"""The diff: which ops of two graphs do the same work, and why static graphs diverge from eager."""
