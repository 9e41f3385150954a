"""What producers say that is looked for in more than one place: where a model is refused, and where a graph raises."""

UNANNOTATED = (
    r"Expected a value of type 'Tensor \(inferred\)' for argument '(?P<name>[^']*)' but instead found type "
    r"'(?P<given>[^']*)'"
)
"""What a script says of an argument that it takes for a tensor, as it has no annotation."""
