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
        r"has no attribute '(?P<name>\w+)' \(This attribute exists(?:.|\n)*convert Python type: '(?P<type>list|dict)'"
        r"(?:.|\n)*inputs must have (?:elements|entries)",
        r"cannot tell what the \g<type> `\g<name>` will hold, as it is empty when the model is compiled.",
        r"Declare its type in the class body, such as `\g<name>: List[float]` or `Dict[str, torch.Tensor]`: not in "
        "__init__.",
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
        r"Failed to get source for <function (?P<name>(?:\w+\.)*\w+)\.__init__>",
        r"has no source text for the __init__ of `\g<name>`, which a decorator made, as @dataclass does.",
        r"Return and pass what `\g<name>` holds in a tuple or a dict, and build it outside of the compiled module.",
    ),
    Refusal(
        r"Failed to get source for <(?:function|class|built-in function) '?(?P<name>[\w.]+)",
        r"has no source text for `\g<name>`, which the model calls.",
        "Keep that part outside of the compiled module, or write it as a function of the file.",
    ),
    Refusal(
        r"[Hh]ook '(?P<name>[\w<>]+)' on module '(?P<of>\w+)' (?:expected|must|should|had|returned|was)",
        r"compiles the hook `\g<name>` of \g<of>, and takes none whose types are not written as it expects.",
        "Call what the hook does in forward, around the module, and register no hook.",
    ),
    Refusal(
        r"Tensor cannot be used as a tuple",
        "does not unpack a tensor, whose first size it does not know.",
        "Unpack a list of its parts: `a, b = x.unbind(0)`.",
    ),
    Refusal(
        r"Tensor \(inferred\) cannot be used as a tuple",
        "does not unpack an argument without annotation, which it takes for a tensor.",
        "Unpack a tensor by a list of its parts, `a, b = x.unbind(0)`; annotate what is a tuple, as "
        "`Tuple[Tensor, Tensor]`.",
    ),
    Refusal(
        r"Unable to extract string literal index",
        "takes a part of a ModuleDict by a name that is written out alone, such as `self.parts['a']`.",
        "Loop over its `items()` and take the part under an if, or write its name out.",
    ),
    Refusal(
        r"global variables aren't supported",
        "does not write to a global variable.",
        "Keep it as an attribute of the module.",
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
