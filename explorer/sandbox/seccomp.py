"""A filter of system calls, as the kernel's own small machine code (BPF): written here, without a library.

A call that is refused fails with an error, which Python turns into an exception with a line; it does not kill.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
from collections.abc import Iterable, Iterator
from typing import cast, get_args

from explorer.sandbox import syscalls
from explorer.sandbox.syscalls import ENOSYS, EPERM, Call, Machine

_LOAD = 0x20
_JUMP_EQUAL = 0x15
_JUMP_ABOVE = 0x25
_JUMP_ANY_BIT = 0x45
_AND = 0x54
_RETURN = 0x06

_ALLOW = 0x7FFF0000
_ERROR = 0x00050000

_NUMBER, _ARCHITECTURE = 0, 4
_ARCHITECTURES: dict[Machine, int] = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

_CLONE_THREAD = 0x00010000
_ACCESS_AND_TRUNCATE = os.O_ACCMODE | os.O_TRUNC

_SET_FILTER = 1
_SPECULATE = 1 << 2
"""Not to slow the whole process down against attacks on its own filter."""
_PR_SET_NO_NEW_PRIVS = 38


def machine() -> Machine | None:
    """Return the machine's name where the filter knows its calls."""
    name = platform.machine()
    return cast("Machine", name) if name in get_args(Machine) else None


def forbid_new_privileges() -> None:
    """Give up what a program with more rights than its caller would bring; without this no filter is accepted.

    Raises
    ------
    OSError
        The kernel does not know it.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise _os_error("prctl(PR_SET_NO_NEW_PRIVS)")


def install(program: bytes, on: Machine) -> None:
    """Put a program in force for this process and all it starts, for ever.

    Raises
    ------
    OSError
        The kernel does not take it.
    """
    instructions = ctypes.create_string_buffer(program, len(program))
    # struct sock_fprog: the number of instructions, and where they are.
    header = struct.pack("HL", len(program) // 8, ctypes.addressof(instructions))
    libc = ctypes.CDLL(None, use_errno=True)
    number = ctypes.c_long(syscalls.SECCOMP.on(on) or -1)
    for flags in (_SPECULATE, 0):  # the first since Linux 4.17
        if libc.syscall(number, ctypes.c_long(_SET_FILTER), ctypes.c_long(flags), header) == 0:
            return
    raise _os_error("seccomp")


def program(on: Machine, pid: int) -> bytes:
    """Return the filter of the process ``pid``."""
    return b"".join(_program(on, pid))


def _program(on: Machine, pid: int) -> Iterator[bytes]:
    yield _step(_LOAD, _ARCHITECTURE)
    yield _step(_JUMP_EQUAL, _ARCHITECTURES[on], 1, 0)
    yield _error(ENOSYS)  # calls of another machine's kind have other numbers
    yield _step(_LOAD, _NUMBER)
    yield _step(_JUMP_ABOVE, syscalls.NEWEST, 0, 1)
    yield _error(ENOSYS)  # the x32 calls among them, which have a high bit
    for call in _every(syscalls.REFUSED.values()):
        yield from _if(on, call, [_error(EPERM)])
    for call in syscalls.UNKNOWN:
        yield from _if(on, call, [_error(ENOSYS)])
    for call in syscalls.SENT_TO:
        yield from _if(on, call, _only(0, [pid]))
    for call in syscalls.DONE_TO:
        yield from _if(on, call, _only(0, [0, pid]))
    yield from _if(on, syscalls.SETPRIORITY, [*_check(0, [0]), *_only(1, [0, pid])])
    yield from _if(on, syscalls.PRCTL, _only(0, syscalls.PRCTL_ALLOWED))
    yield from _if(on, syscalls.IOCTL, _only(1, syscalls.IOCTL_ALLOWED))
    yield from _if(on, syscalls.FCNTL, _not(1, syscalls.FCNTL_REFUSED))
    # Threads share all that is counted; a process would be counted for itself.
    threads = [_load(0), _step(_JUMP_ANY_BIT, _CLONE_THREAD, 1, 0), _error(EPERM), _step(_RETURN, _ALLOW)]
    yield from _if(on, syscalls.CLONE, threads)
    # Landlock knows the cutting of files from its third version on: before, one that may be read could be emptied.
    yield from _if(on, syscalls.OPENAT, _not_emptied_by_reading(2))
    yield from _if(on, syscalls.OPEN, _not_emptied_by_reading(1))
    yield _step(_RETURN, _ALLOW)


def _every(groups: Iterable[Iterable[Call]]) -> Iterator[Call]:
    for group in groups:
        yield from group


def _if(on: Machine, call: Call, then: list[bytes]) -> Iterator[bytes]:
    """Yield the steps for one call; they must end in a return."""
    number = call.on(on)
    if number is not None:
        yield _step(_JUMP_EQUAL, number, 0, len(then))
        yield from then


def _only(argument: int, values: Iterable[int]) -> list[bytes]:
    return [*_check(argument, values), _step(_RETURN, _ALLOW)]


def _check(argument: int, values: Iterable[int]) -> list[bytes]:
    """Return steps that refuse the call unless an argument, of 32 bits, is one of some values."""
    every = list(values)
    # Each leads beyond those that follow it and the refusal.
    tests = [_step(_JUMP_EQUAL, value, len(every) - at, 0) for at, value in enumerate(every)]
    return [_load(argument), *tests, _error(EPERM)]


def _not(argument: int, values: Iterable[int]) -> list[bytes]:
    every = list(values)
    tests = [_step(_JUMP_EQUAL, value, len(every) - at, 0) for at, value in enumerate(every)]
    return [_load(argument), *tests, _step(_RETURN, _ALLOW), _error(EPERM)]


def _not_emptied_by_reading(argument: int) -> list[bytes]:
    emptied = os.O_RDONLY | os.O_TRUNC
    test = [_step(_AND, _ACCESS_AND_TRUNCATE), _step(_JUMP_EQUAL, emptied, 0, 1)]
    return [_load(argument), *test, _error(EPERM), _step(_RETURN, _ALLOW)]


def _load(argument: int) -> bytes:
    """Load the lower half of an argument: both machines are little-endian, and the kernel reads no more of these."""
    return _step(_LOAD, 16 + 8 * argument)


def _error(number: int) -> bytes:
    return _step(_RETURN, _ERROR | number)


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)


def _os_error(what: str) -> OSError:
    number = ctypes.get_errno()
    return OSError(number, f"{what}: {os.strerror(number)}")
