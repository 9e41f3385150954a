"""What the explorer does on models that nobody here wrote, and what recording costs."""
