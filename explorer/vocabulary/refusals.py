"""What producers say that is looked for in more than one place: where a model is refused, and where a graph raises."""

UNANNOTATED = (
    r"Expected a value of type 'Tensor \(inferred\)' for argument '(?P<name>[^']*)' but instead found type "
    r"'(?P<given>[^']*)'"
)
"""What a script says of an argument that it takes for a tensor, as it has no annotation."""

OTHER_KERNEL = "Replace the operator, or convert the model to a lower opset."
"""What helps where ONNX Runtime has no operator for the types of a graph, and no more is known."""
