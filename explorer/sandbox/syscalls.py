"""System calls by number, on the machines that the filter knows, and what becomes of each that is refused.

NOTE: A list of what is refused, not of what is allowed: Python, torch and ONNX Runtime use more than two hundred
calls, others with every version of the C library, and a call that is missing from a list shows as a crash. What is
newer than the table is refused as if the kernel did not know it, so a new way out is not open because nobody has
thought of it.
"""

from __future__ import annotations

import errno
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Machine = Literal["x86_64", "aarch64"]

NEWEST = 456
"""The last call of this table's time (``futex_requeue``, Linux 6.7). Later numbers are the same on all machines."""

EPERM, ENOSYS = errno.EPERM, errno.ENOSYS


@dataclass(frozen=True, slots=True)
class Call:
    """A system call's number on each machine; ``None`` where it has none."""

    x86_64: int | None
    aarch64: int | None

    def on(self, machine: Machine) -> int | None:
        """Return its number there."""
        return self.x86_64 if machine == "x86_64" else self.aarch64


KILL = Call(62, 129)
TGKILL = Call(234, 131)
RT_SIGQUEUEINFO = Call(129, 138)
RT_TGSIGQUEUEINFO = Call(297, 240)
PRLIMIT = Call(302, 261)
SETPRIORITY = Call(141, 140)
SCHED_SETPARAM = Call(142, 118)
SCHED_SETSCHEDULER = Call(144, 119)
SCHED_SETAFFINITY = Call(203, 122)
SCHED_SETATTR = Call(314, 274)
CLONE = Call(56, 220)
PRCTL = Call(157, 167)
IOCTL = Call(16, 29)
FCNTL = Call(72, 25)
OPEN = Call(2, None)
OPENAT = Call(257, 56)
SECCOMP = Call(317, 277)

LANDLOCK_CREATE = 444
LANDLOCK_ADD = 445
LANDLOCK_RESTRICT = 446
"""The same on all machines."""

SENT_TO: tuple[Call, ...] = (KILL, TGKILL, RT_SIGQUEUEINFO, RT_TGSIGQUEUEINFO)
"""Signals, whose first argument is the process: its own alone, as it also sends them to end itself."""

DONE_TO: tuple[Call, ...] = (PRLIMIT, SCHED_SETPARAM, SCHED_SETSCHEDULER, SCHED_SETAFFINITY, SCHED_SETATTR)
"""Limits and turns, whose first argument is the process: its own, or 0, which stands for it."""

REFUSED: Mapping[str, tuple[Call, ...]] = {
    # No network, and no way to services of this machine: a pair of datagram sockets reaches others by address, too.
    "sockets": (
        Call(41, 198), Call(53, 199), Call(42, 203), Call(49, 200), Call(50, 201), Call(43, 202), Call(288, 242),
    ),
    # fork, vfork, execve, execveat: no processes of its own, which nothing limits where a worker runs as root.
    "processes": (Call(57, None), Call(58, None), Call(59, 221), Call(322, 281)),
    # ptrace, process_vm_readv, process_vm_writev, process_madvise, process_mrelease, kcmp, pidfd_open, pidfd_getfd,
    # pidfd_send_signal, tkill, move_pages, migrate_pages, get_robust_list: other processes' memory, files and ends.
    "other processes": (
        Call(101, 117), Call(310, 270), Call(311, 271), Call(440, 440), Call(448, 448), Call(312, 272), Call(434, 434),
        Call(438, 438), Call(424, 424), Call(200, 130), Call(279, 239), Call(256, 238), Call(274, 100),
    ),
    # ioprio_set: of all of a user's processes at once.
    "turns of others": (Call(251, 30),),
    # chmod, fchmod, fchmodat, fchmodat2, chown, fchown, lchown, fchownat, utime, utimes, futimesat, utimensat,
    # setxattr and removexattr with l and f: Landlock does not see them, and the files outside are the same user's.
    "rights, owners and times of files": (
        Call(90, None), Call(91, 52), Call(268, 53), Call(452, 452), Call(92, None), Call(93, 55), Call(94, None),
        Call(260, 54), Call(132, None), Call(235, None), Call(261, None), Call(280, 88), Call(188, 5), Call(189, 6),
        Call(190, 7), Call(197, 14), Call(198, 15), Call(199, 16),
    ),
    # getxattr, lgetxattr, fgetxattr, listxattr, llistxattr, flistxattr: content that Landlock does not see, either.
    "attributes of files": (
        Call(191, 8), Call(192, 9), Call(193, 10), Call(194, 11), Call(195, 12), Call(196, 13),
    ),
    # memfd_create, memfd_secret, shmget, shmat, shmctl, semget, semop, semtimedop, semctl, msgget, msgsnd, msgrcv,
    # msgctl, mq_open, mq_unlink: memory that no limit counts, that outlives its process, or that others share.
    "memory beside the limits": (
        Call(319, 279), Call(447, 447), Call(29, 194), Call(30, 196), Call(31, 195), Call(64, 190), Call(65, 193),
        Call(220, 192), Call(66, 191), Call(68, 186), Call(69, 189), Call(70, 188), Call(71, 187), Call(240, 180),
        Call(241, 181),
    ),
    # unshare, setns, mount, umount2, pivot_root, chroot, fsopen, fsconfig, fsmount, fspick, move_mount, open_tree,
    # mount_setattr: other views of the files.
    "namespaces and mounts": (
        Call(272, 97), Call(308, 268), Call(165, 40), Call(166, 39), Call(155, 41), Call(161, 51), Call(430, 430),
        Call(431, 431), Call(432, 432), Call(433, 433), Call(429, 429), Call(428, 428), Call(442, 442),
    ),
    # inotify_init, inotify_init1, fanotify_init, fanotify_mark: they tell what others do with other files.
    "watching files": (Call(253, None), Call(294, 26), Call(300, 262), Call(301, 263)),
    # name_to_handle_at, open_by_handle_at: files without a path.
    "handles of files": (Call(303, 264), Call(304, 265)),
    # bpf, perf_event_open, userfaultfd, io_uring_setup, _enter and _register, add_key, request_key, keyctl,
    # personality, modify_ldt: large parts of the kernel with many faults found, which no model needs. io_uring would
    # also pass by this filter.
    "rarely used parts of the kernel": (
        Call(321, 280), Call(298, 241), Call(323, 282), Call(425, 425), Call(426, 426), Call(427, 427), Call(248, 217),
        Call(249, 218), Call(250, 219), Call(135, 92), Call(154, None),
    ),
    # kexec_load, kexec_file_load, init_module, finit_module, delete_module, swapon, swapoff, reboot, sethostname,
    # setdomainname, iopl, ioperm, acct, quotactl, quotactl_fd, syslog, settimeofday, clock_settime, clock_adjtime,
    # adjtimex, vhangup, uselib, lookup_dcookie, nfsservctl, sync, syncfs: the machine is not its own.
    "the machine": (
        Call(246, 104), Call(320, 294), Call(175, 105), Call(313, 273), Call(176, 106), Call(167, 224), Call(168, 225),
        Call(169, 142), Call(170, 161), Call(171, 162), Call(172, None), Call(173, None), Call(163, 89), Call(179, 60),
        Call(443, 443), Call(103, 116), Call(164, 170), Call(227, 112), Call(305, 266), Call(159, 171), Call(153, 58),
        Call(134, None), Call(212, 18), Call(180, 42), Call(162, 81), Call(306, 267),
    ),
    # A filter of its own can only take away; nothing here needs one.
    "filters": (SECCOMP,),
    # truncate: Landlock knows it from its third version on only.
    "cutting files by name": (Call(76, 45),),
}  # fmt: skip
"""What is answered by "not permitted"."""

UNKNOWN: tuple[Call, ...] = (Call(435, 435), Call(437, 437))
"""clone3 and openat2 hand over their flags where a filter cannot look: as on an old kernel, others are used instead."""

PRCTL_ALLOWED = (
    2, 3, 15, 16, 21, 23, 30, 39, 42,  # the name of a thread, and questions
    51, 56,  # questions of aarch64: vectors, tagged addresses
    0x53564D41,  # the name of a piece of memory
)  # fmt: skip
"""Not those that undo what was set for it: the signal at its parent's end, who may trace it."""

IOCTL_ALLOWED = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451, 0x802C542A)
"""Whether it is a terminal and how large, how much can be read, blocking, inheriting. Not what types into a terminal
(TIOCSTI), sends signals (FIOSETOWN), or changes the flags of a file."""

FCNTL_REFUSED = (8, 10, 15, 1024, 1026, 1031)
"""F_SETOWN, F_SETSIG and F_SETOWN_EX send signals to others; leases and notes hold others up or watch them; the size of
a pipe is the kernel's memory."""
