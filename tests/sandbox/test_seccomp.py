"""What the filter answers, on both machines: run here as the kernel runs it, step by step."""

from __future__ import annotations

import struct
from typing import get_args

import pytest

from explorer.sandbox import seccomp, syscalls
from explorer.sandbox.syscalls import REFUSED, Call, Machine

ALLOWED, NOT_PERMITTED, UNKNOWN = 0x7FFF0000, 0x00050001, 0x00050000 | 38
PID = 4321
MACHINES: tuple[Machine, ...] = get_args(Machine)
THREAD = 0x3D0F00
"""The flags by which the C library starts a thread."""


def answer(on: Machine, number: int, *arguments: int, architecture: int | None = None) -> int:
    """Run the filter on a call, as the kernel does, and return its answer."""
    known = seccomp._ARCHITECTURES[on]
    whole = [*arguments, *[0] * (6 - len(arguments))]
    data = struct.pack("<iIQ6Q", number, known if architecture is None else architecture, 0, *whole)
    program, at, held = seccomp.program(on, PID), 0, 0
    while True:
        code, if_true, if_false, value = struct.unpack_from("<HBBI", program, at * 8)
        at += 1
        match code:
            case 0x20:
                (held,) = struct.unpack_from("<I", data, value)
            case 0x54:
                held &= value
            case 0x06:
                return value
            case _:
                holds = {0x15: held == value, 0x25: held > value, 0x45: bool(held & value)}[code]
                at += if_true if holds else if_false


def of(call: Call, on: Machine) -> int:
    number = call.on(on)
    assert number is not None
    return number


@pytest.mark.parametrize("on", MACHINES)
@pytest.mark.parametrize("kind", REFUSED)
def test_each_refused_call_is_not_permitted(kind: str, on: Machine) -> None:
    numbers = [number for call in REFUSED[kind] if (number := call.on(on)) is not None]
    assert {answer(on, number) for number in numbers} == {NOT_PERMITTED}


@pytest.mark.parametrize("on", MACHINES)
def test_no_two_names_have_one_number(on: Machine) -> None:
    numbers = [number for calls in REFUSED.values() for call in calls if (number := call.on(on)) is not None]
    assert len(numbers) == len(set(numbers))
    assert max(numbers) <= syscalls.NEWEST


@pytest.mark.parametrize("on", MACHINES)
@pytest.mark.parametrize(
    ("call", "arguments", "expected"),
    [
        pytest.param(syscalls.KILL, (PID, 9), ALLOWED, id="signals itself"),
        pytest.param(syscalls.KILL, (PID + 1, 9), NOT_PERMITTED, id="signals another"),
        pytest.param(syscalls.KILL, (0, 9), NOT_PERMITTED, id="signals a group"),
        pytest.param(syscalls.KILL, (0xFFFFFFFF, 9), NOT_PERMITTED, id="signals everybody"),
        pytest.param(syscalls.KILL, ((1 << 32) | PID, 9), ALLOWED, id="the kernel reads the lower half alone"),
        pytest.param(syscalls.TGKILL, (PID, 99, 9), ALLOWED, id="signals a thread of its own"),
        pytest.param(syscalls.TGKILL, (1, 1, 9), NOT_PERMITTED, id="signals another's thread"),
        pytest.param(syscalls.PRLIMIT, (0, 7), ALLOWED, id="its own limits"),
        pytest.param(syscalls.PRLIMIT, (1, 7), NOT_PERMITTED, id="another's limits"),
        pytest.param(syscalls.SETPRIORITY, (0, 0, 5), ALLOWED, id="its own turns"),
        pytest.param(syscalls.SETPRIORITY, (2, 0, 5), NOT_PERMITTED, id="the turns of all of a user's"),
        pytest.param(syscalls.SETPRIORITY, (0, 1, 5), NOT_PERMITTED, id="another's turns"),
        pytest.param(syscalls.CLONE, (THREAD,), ALLOWED, id="a thread"),
        pytest.param(syscalls.CLONE, (17,), NOT_PERMITTED, id="a process"),
        pytest.param(syscalls.CLONE, (0x4111,), NOT_PERMITTED, id="a process that shares its memory"),
        pytest.param(syscalls.PRCTL, (15, 0), ALLOWED, id="names a thread"),
        pytest.param(syscalls.PRCTL, (1, 0), NOT_PERMITTED, id="lives on without its parent"),
        pytest.param(syscalls.IOCTL, (0, 0x5401), ALLOWED, id="asks whether it is a terminal"),
        pytest.param(syscalls.IOCTL, (0, 0x5412), NOT_PERMITTED, id="types into a terminal"),
        pytest.param(syscalls.IOCTL, (0, 0xABCD00005412), NOT_PERMITTED, id="the same with more bits"),
        pytest.param(syscalls.FCNTL, (0, 3), ALLOWED, id="asks for flags"),
        pytest.param(syscalls.FCNTL, (0, 8, 1), NOT_PERMITTED, id="has signals sent"),
        pytest.param(syscalls.OPENAT, (0, 0, 0), ALLOWED, id="opens to read"),
        pytest.param(syscalls.OPENAT, (0, 0, 0o1001), ALLOWED, id="empties what it writes"),
        pytest.param(syscalls.OPENAT, (0, 0, 0o1000), NOT_PERMITTED, id="empties what it reads"),
        pytest.param(syscalls.UNKNOWN[0], (), UNKNOWN, id="clone3"),
        pytest.param(syscalls.UNKNOWN[1], (), UNKNOWN, id="openat2"),
        pytest.param(Call(0, 63), (3,), ALLOWED, id="reads"),
        pytest.param(Call(9, 222), (), ALLOWED, id="maps memory"),
        pytest.param(Call(231, 94), (), ALLOWED, id="ends"),
    ],
)
def test_a_call_is_answered_by_its_arguments(
    on: Machine, call: Call, arguments: tuple[int, ...], expected: int
) -> None:
    assert answer(on, of(call, on), *arguments) == expected


@pytest.mark.parametrize("on", MACHINES)
def test_what_the_table_does_not_know_is_unknown(on: Machine) -> None:
    assert answer(on, syscalls.NEWEST) == ALLOWED
    assert answer(on, syscalls.NEWEST + 1) == UNKNOWN
    assert answer(on, 0x40000000 | 39) == UNKNOWN, "x32"
    assert answer(on, -1) == UNKNOWN
    for other in (0x40000003, 0xC000003E, 0xC00000B7, 0):
        expected = ALLOWED if other == seccomp._ARCHITECTURES[on] else UNKNOWN
        assert answer(on, 0 if on == "x86_64" else 63, architecture=other) == expected
