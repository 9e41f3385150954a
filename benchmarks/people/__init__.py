"""Many people at one server: how it holds under load, faults and time."""
