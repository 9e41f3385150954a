"""The worker: a process of its own for each capture, with limits, and the channel to it."""
