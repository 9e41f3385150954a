"""What the attributes of a module are while a scripted method runs that sets them."""

from __future__ import annotations

from dataclasses import dataclass, field

from explorer.capture.building import GraphBuilder, Port
from explorer.capture.torchscript_contents import Constant, Meaning, Ports
from explorer.graph import OpId, RegionId, Value


@dataclass
class Attributes:
    """Knows what each attribute was set to last; the op that stands for one is a parameter."""

    builder: GraphBuilder
    _assigned: set[Port] = field(default_factory=set[Port])
    """Attributes that were set so far."""
    _numbers: dict[Port, Constant] = field(default_factory=dict[Port, Constant])
    """What sets an attribute to a Python value, and to which."""

    def read(self, parameter: Port, region: RegionId | None) -> Meaning:
        """Return what an attribute is by now: a Python value that it was set to, where it can be no other."""
        ports = self.builder.sources(parameter) if parameter in self._assigned else (parameter,)
        number = self._numbers.get(ports[0]) if len(ports) == 1 else None
        if number is None:
            return ports
        set_in = set(self.builder.loops_around(self.builder.ops[ports[0][0]].region))
        is_set_in_turn = set(self.builder.loops_around(region)) <= set_in
        return number if is_set_in_turn else ports  # the turn before may have set it too

    def set(self, parameter: Port, to: Constant | Ports, by: OpId, value: Value) -> None:
        """Let who reads an attribute from here on read what it is set to: of a Python value, what ``by`` gives."""
        self._assigned.add(parameter)
        if isinstance(to, Constant):
            self._numbers[self.builder.output(by, 0, value)] = to
            self.builder.write(parameter, (by, 0))
        else:
            given = (one for port in to for one in self.builder.sources(port))
            self.builder.memory.assign(parameter, tuple(given))
