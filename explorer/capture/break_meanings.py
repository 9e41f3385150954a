"""What Dynamo says of a graph break, what it means, and what helps: a table of patterns."""

from __future__ import annotations

from explorer.capture.refusal_pattern import Refusal
from explorer.capture.refusals import first_sentence

MEANINGS = (
    Refusal(
        r"Could not (?:guard on|extract specialized integer from) data-dependent expression",
        "A value or a size that comes from the data decides here.",
    ),
    Refusal(
        r"Dynamic shape operator",
        "The size of a result comes from the data.",
        "Set torch._dynamo.config.capture_dynamic_output_shape_ops = True, or keep the shape: choose by torch.where in "
        "place of selecting.",
    ),
    Refusal(
        r"Data-dependent branching|generic_jump",
        "Python branches on a tensor's data.",
        about="data",
    ),
    Refusal(
        r"functional\.one_hot",
        "How many classes there are comes from the data.",
        "Pass num_classes to it.",
    ),
    Refusal(
        r"Tensor\.tolist\(\) with non-integer",
        "A value is read out of a tensor.",
        "Keep it a tensor.",
    ),
    Refusal(
        r"Tensor\.item|item\(\)|_local_scalar_dense|tolist",
        "A value is read out of a tensor.",
        "Keep it a tensor, or set torch._dynamo.config.capture_scalar_outputs = True where the number is only computed "
        "with.",
        about="data",
    ),
    Refusal(
        r"builtin.*print|print\(",
        "A print reaches Python's output.",
        "Print outside of the model. torch._dynamo.config.reorderable_logging_functions.add(print) puts off what "
        "prints tensors and text alone.",
    ),
    Refusal(
        r"RNN|LSTM|GRU",
        "Dynamo leaves recurrent layers to Python.",
        "Set torch._dynamo.config.allow_rnn = True.",
    ),
    Refusal(
        r"torch\.compiler\.disable",
        "What is called is kept out of the graph by torch.compiler.disable.",
        "Remove torch.compiler.disable where what it stands at can be compiled.",
    ),
    Refusal(
        r"random",
        "Python's random numbers are drawn.",
        "Draw with torch (torch.rand, torch.randint), or draw outside of the model and pass the number in.",
    ),
    Refusal(
        r"builtin operator|marked as skipped",
        "A function that Dynamo does not follow is called.",
        "Call it outside of the model, or make it an operator by torch.library.custom_op.",
    ),
)
"""Each hint was tried on a model that breaks so, with torch 2.13; the first that matches counts."""

ADVICE = "Consider annotating your code using torch._check*(). "
"""What Dynamo puts before some of its reasons."""


def meaning_of_break(message: str) -> Refusal:
    """Return what a message of Dynamo's means; where it is not known, its own first sentence."""
    known = next((one for one in MEANINGS if one.match(message)), None)
    if known is not None:
        return known
    said = first_sentence(message.removeprefix(ADVICE)) or "Dynamo gives no reason."
    return Refusal("", said[:1].upper() + said[1:])
