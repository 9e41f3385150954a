"""What the script compiler alone says of attributes, loops and functions, and what it means."""

from __future__ import annotations

from explorer.capture.refusal_pattern import Refusal

OF_SCRIPT = (
    Refusal(
        r"has no attribute '(?P<name>\w+)' \(This function exists(?:.|\n)*Expected a single top-level function",
        r"does not compile the lambda that is kept in the attribute `\g<name>`.",
        "Define it as a method, or as a function at the top of the file.",
    ),
    Refusal(
        r"has no attribute '(?P<name>\w+)' \(This attribute exists(?:.|\n)*convert Python type: '(?P<type>[^']*)'",
        r"keeps no attribute of the type \g<type>: `\g<name>`.",
        "Keep plain numbers, text, tensors, and lists and dicts of one type as attributes.",
    ),
    Refusal(
        r"'(?:\w+\.)*(?P<of>\w+)' object has no attribute or method '(?P<name>\w+)'\. '\w+' is defined as a class",
        r"does not know the class attribute `\g<name>` of \g<of>.",
        "Set it on the instance, in __init__.",
    ),
    Refusal(
        r"Wrong type for attribute assignment",
        "gives an attribute one type, that of its first value, and this line sets another.",
        "Declare its type in the class body, such as `state: Optional[Tuple[Tensor, Tensor]]`: not in __init__.",
    ),
    Refusal(
        r"do not support break or continue inside",
        "unrolls a loop over modules or a tuple, and has no break or continue in it.",
        "Put what follows under an if, or leave the shortcut out where it changes nothing.",
    ),
    Refusal(
        r"Python builtin <built-in function (?P<name>\w+)>",
        r"does not compile `\g<name>`, a function of Python's or NumPy's.",
        "Use a function of torch in its place, or call it outside of the model and pass the result in.",
        about="numpy",
    ),
    Refusal(
        r"Python builtin <built-in method (?P<name>\w+) of (?P<of>\w+)",
        r"does not know the Python function `\g<name>` of \g<of>.",
        "Use a function of torch in its place, or call it outside of the model and pass the result in.",
    ),
)
"""In the order in which they are asked: an attribute that is not converted is named with the reason below it."""
