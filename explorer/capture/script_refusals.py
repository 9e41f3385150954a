"""What the script compiler alone says of attributes, loops and functions, and what it means."""

from __future__ import annotations

from explorer.capture.refusal_pattern import Refusal

OUTSIDE = Refusal(
    r"python value of type '(?P<type>int|float|bool|str|list|dict|tuple)' cannot be used as a value",
    "does not read a global variable, nor the attribute of a class",
)

MARKED_SUPER = r"[^\n]*\bsuper\(\)[^\n]*\n *~+ <--- HERE"
BY_SUPER = r"object has no attribute or method '{name}'\.?:\n(?:(?![^\n]*HERE)[^\n]*\n)*?" + MARKED_SUPER
"""How the script compiler marks a call of ``super()``: it takes the result for a tensor."""

DECORATED = r"looks up the names in a decorated function where the decorator is defined, and finds no `\g<name>` there."

OF_SCRIPT = (
    Refusal(
        r"has no attribute '(?P<name>\w+)' \(This function exists(?:.|\n)*(?:closed over global|nonlocal variables)",
        r"does not compile the function that is kept in the attribute `\g<name>`: it uses a variable of the one that "
        "made it.",
        "Make it a method, and keep what it uses in attributes that are set in __init__.",
    ),
    Refusal(
        r"arg_types\.size\(\) == param_names\.size\(\)",
        "fails over a function that takes other arguments than it was written with, as functools.partial makes it.",
        "Call the function itself, with all of its arguments.",
    ),
    OUTSIDE,
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
        about="tuple",
    ),
    Refusal(
        BY_SUPER.format(name="__init__"),
        "does not compile the __init__ of a class that inherits from another: it has no super().",
        "Compute what the class holds in functions of torch, in the model itself.",
    ),
    Refusal(
        BY_SUPER.format(name=r"(?P<name>\w+)"),
        r"has no super(), by which the parent's `\g<name>` is called here.",
        r"Keep a module of the parent's class as a part and call that, or compute what its `\g<name>` does here, as by "
        "F.layer_norm in a LayerNorm.",
    ),
    Refusal(
        r"Expected integer literal for index but got a variable or non-integer\. ModuleList",
        "takes a part of a ModuleList or Sequential by a number that is written out alone.",
        "Loop over the parts, with their numbers: `for i, part in enumerate(self.parts):`.",
    ),
    Refusal(
        r"Variable '(?P<name>\w+)' previously had type (?!NoneType)(?P<one>\S+) but is now being assigned to a value "
        r"of type (?P<other>[^\s:.]+)",
        r"takes one type for a variable: `\g<name>` is of the type \g<one> before, and \g<other> here.",
        r"Give what is assigned here a name of its own, or begin `\g<name>` with what is of the type \g<other>.",
    ),
    Refusal(
        r"iterate over a module list or tuple with a value that does not have a statically determinable length",
        "unrolls a loop over modules, and does not know how many turns what goes along with them has.",
        "Loop over the modules with their numbers, and take the rest by these: `for i, part in "
        "enumerate(self.parts):`, then `rest[i]`.",
    ),
    Refusal(
        r"aten::append\.t\(t\[\]\(a!\) self(?:.|\n)*Could not match type (?P<type>\S+) to",
        r"takes an empty list for one of tensors, as it has no annotation, and finds that a \g<type> is appended.",
        r"Annotate the list where it is made: `values: List[\g<type>] = []`, with `from typing import List`.",
    ),
    Refusal(
        r"reversed\(Tensor 0\)(?:.|\n)*but instead found type '(?P<type>List\[[^']*)'",
        r"turns no \g<type> around by reversed().",
        "Take a slice of it that goes backwards: `values[::-1]`.",
    ),
    Refusal(
        r"all inputs of range must be ints, found Tensor",
        "counts a range to no tensor.",
        "Read the number by int(): `range(int(n))`.",
    ),
    Refusal(
        r"formatting in JoinedStr",
        "compiles no f-string that says how a value is written.",
        "Leave that out, as in `{value}` for `{value:.2f}`.",
    ),
    Refusal(
        r"Comprehension ifs are not supported",
        "compiles no comprehension that leaves something out by an if.",
        "Loop, and append under an if. What goes over the fields of an object, by their names, is written out: one "
        "line for each.",
    ),
    Refusal(
        r"undefined value (?P<name>\w+)\b(?:(?!HERE)(?:.|\n))*@(?P<of>[\w.]+)",
        DECORATED,
        r"Leave out the decorator: in place of `@\g<of>()`, write `with \g<of>():` inside of the function.",
        about="decorator",
    ),
    Refusal(
        r"undefined value (?P<name>\w+):\s+File \"\S*torch/utils/_contextlib\.py\"",
        DECORATED,
        "Leave out the decorator: for `@torch.no_grad()`, write `with torch.no_grad():` inside of the function.",
        about="decorator",
    ),
    Refusal(
        r"(?:but instead found type '|\n'|: ')Optional\[(?P<type>\w+)\](?:'\.|' object has no attribute or method)",
        r"takes a \g<type> here, and finds one that may be None.",
        "Ask `if h is not None:` before it. An attribute stays Optional, whatever was asked of it: copy it to a local "
        "name first, `h = self.h`, and ask for that.",
        about="optional",
    ),
    Refusal(
        r"Module '(?P<of>\w+)' has no attribute '(?P<name>\w+)' :",
        r"does not know the attribute `\g<name>` of \g<of>, which is not set on the instance.",
        "Set it on the instance, in __init__.",
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
