"""Attempts to break out of a worker: scripts that set ``answer`` to ``out`` where they succeed.

``@NAME@`` stands for what the test has put there: ``SECRET``, a file in ``FOLDER``, both none of the job's; ``APP``
and ``VICTIM``, processes; ``PORT``, ``PATH`` and ``ABSTRACT``, where somebody listens.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

BEGINNING = """
import ctypes, errno, os, resource, signal, socket, struct, subprocess, sys, tempfile
libc = ctypes.CDLL(None, use_errno=True)
scratch, server = os.environ["TMPDIR"], os.getppid()

def call(number, *arguments):
    whole = [ctypes.c_long(one) if isinstance(one, int) else one for one in arguments]
    if libc.syscall(ctypes.c_long(number), *whole) < 0 and ctypes.get_errno() == errno.EPERM:
        raise PermissionError(errno.EPERM, "not permitted")

def wait(pid):
    assert os.waitpid(pid, 0)[1] == 0

def out(_):
    global answer
    answer = "out"
"""

ATTEMPTS: Mapping[str, str] = {
    # Files of others.
    "reads the list of users": "out(open('/etc/passwd').read())",
    "reads a secret": "out(open('@SECRET@').read())",
    "reads a secret by a descriptor of its folder": "d = os.open('@FOLDER@', os.O_PATH); out(os.open('secret', 0, dir_fd=d))",
    "reads a secret by the root of its own process": "out(open('/proc/self/root@SECRET@').read())",
    "reads a secret by where the app stands": "out(open('/proc/@APP@/root@SECRET@').read())",
    "reads a secret by a symbolic link": "os.symlink('@SECRET@', scratch + '/s'); out(open(scratch + '/s').read())",
    "reads a secret by a hard link": "os.link('@SECRET@', scratch + '/h'); out(open(scratch + '/h').read())",
    "moves a secret to itself": "os.rename('@SECRET@', scratch + '/m'); out(open(scratch + '/m').read())",
    "lists a folder": "out(os.listdir('@FOLDER@'))",
    "lists the other jobs' folders": "out(os.listdir(os.path.dirname(scratch)))",
    "lists the processes": "out(os.listdir('/proc'))",
    "writes to a file": "out(open('@SECRET@', 'a').write('x'))",
    "makes a file": "out(open('@FOLDER@/made', 'w').write('x'))",
    "makes a folder": "out(os.mkdir('@FOLDER@/made'))",
    "makes a link": "out(os.symlink('x', '@FOLDER@/made'))",
    "makes a pipe with a name": "out(os.mkfifo(scratch + '/pipe'))",
    "moves its own file out": "open(scratch + '/o', 'w').close(); out(os.rename(scratch + '/o', '@FOLDER@/made'))",
    "removes a file": "out(os.unlink('@SECRET@'))",
    "cuts a file": "out(os.truncate('@SECRET@', 0))",
    "opens a file to cut it": "out(os.open('@SECRET@', os.O_RDONLY | os.O_TRUNC))",
    "changes the rights of a file": "out(os.chmod('@SECRET@', 0o666))",
    "changes the owner of a file": "out(os.chown('@SECRET@', os.getuid(), os.getgid()))",
    "reads the attributes of a file": "out(os.listxattr('@SECRET@'))",
    "changes the attributes of a file": "out(os.setxattr('@SECRET@', 'user.x', b'x'))",
    "changes the times of a file": "out(os.utime('@SECRET@', (1, 1)))",
    "watches a folder": "call(294, 0); f = libc.inotify_init1(0); out(libc.inotify_add_watch(f, b'@FOLDER@', 0x100))",
    "leaves a file in shared memory": "n = '/dev/shm/parallax-@APP@'; out(open(n, 'w').close()); os.unlink(n)",
    "makes a semaphore with a name": "import multiprocessing; out(multiprocessing.Lock())",
    # What others are and do.
    "reads the app's environment": "out(open('/proc/@APP@/environ').read())",
    "reads the server's environment": "out(open(f'/proc/{server}/environ').read())",
    "sees the machine's sockets": "out(open('/proc/self/net/unix').read())",
    "reads the app's command": "out(open('/proc/@APP@/cmdline').read())",
    "reads the app's memory by its file": "out(os.open('/proc/@APP@/mem', os.O_RDONLY))",
    "sees where the app stands": "out(os.readlink('/proc/@APP@/cwd'))",
    "traces a process": "out(call(101, 0x4206, @VICTIM@, 0, 0))",
    "reads a process's memory": "b = ctypes.create_string_buffer(8); v = struct.pack('PN', ctypes.addressof(b), 8); out(call(310, @VICTIM@, v, 1, v, 1, 0))",
    "writes to a process's memory": "b = ctypes.create_string_buffer(8); v = struct.pack('PN', ctypes.addressof(b), 8); out(call(311, @VICTIM@, v, 1, struct.pack('PN', 8, 8), 1, 0))",
    "opens a process": "out(os.pidfd_open(@VICTIM@))",
    "signals the server": "out(os.kill(server, 0))",
    "signals the app": "out(os.kill(@APP@, 0))",
    "kills a process": "out(os.kill(@VICTIM@, signal.SIGKILL))",
    "kills a group": "out(os.killpg(@VICTIM@, signal.SIGKILL))",
    "kills a thread": "out(call(200, @VICTIM@, 9))",
    "kills a thread of a group": "out(call(234, @VICTIM@, @VICTIM@, 9))",
    "queues a signal": "out(call(129, @VICTIM@, 9, struct.pack('iii100x', 9, 0, -1)))",
    "signals everybody": "out(os.kill(-1, 0))",
    "has the kernel signal a process": "import fcntl; r, w = os.pipe(); out(fcntl.fcntl(r, fcntl.F_SETOWN, @VICTIM@))",
    "lowers a process's limits": "out(resource.prlimit(@VICTIM@, resource.RLIMIT_CORE, (0, 0)))",
    "slows a process down": "out(os.setpriority(os.PRIO_PROCESS, @VICTIM@, 5))",
    "binds a process to a processor": "out(os.sched_setaffinity(@VICTIM@, os.sched_getaffinity(@VICTIM@)))",
    "changes a process's turns": "out(os.sched_setscheduler(@VICTIM@, os.SCHED_BATCH, os.sched_param(0)))",
    "shares memory with others": "i = libc.shmget(0, 4096, 0o1600); out(i) if i >= 0 and libc.shmctl(i, 0, None) == 0 else call(29, 0, 4096, 0o1600)",
    # The network and the services of the machine.
    "connects by TCP": "out(socket.create_connection(('127.0.0.1', @PORT@), 2))",
    "sends by UDP": "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); out(s.sendto(b'x', ('127.0.0.1', @PORT@)))",
    "connects to a Unix socket": "s = socket.socket(socket.AF_UNIX); out(s.connect('@PATH@'))",
    "connects to an abstract socket": "s = socket.socket(socket.AF_UNIX); out(s.connect('\\0@ABSTRACT@'))",
    "makes a pair of sockets": "out(socket.socketpair())",
    "listens": "s = socket.socket(); s.bind(('127.0.0.1', 0)); out(s.listen())",
    "speaks to the kernel's network": "out(socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0))",
    "asks what a name means": "import socket; socket.socket().close(); out(socket.getaddrinfo('localhost', 80))",
    # Processes.
    "forks": "p = os.fork()\nif p == 0: os._exit(0)\nout(wait(p))",
    "forks out of its session": "p = os.fork()\nif p == 0: os.setsid(); os._exit(0)\nout(wait(p))",
    "forks by the C library": "p = libc.fork()\nif p == 0: os._exit(0)\nout(wait(p)) if p > 0 else call(57)",
    "starts a program": "out(subprocess.run(['true'], check=True))",
    "starts a program with a library of its own": "out(subprocess.run(['true'], env={'LD_PRELOAD': scratch + '/x.so'}, check=True))",
    "starts a program by a shell": "assert os.system('true') == 0 or call(59, 0, 0, 0) is None; out(0)",
    "has a program in memory": "m = os.memfd_create('x'); os.write(m, open('/bin/true', 'rb').read()); out(wait(os.posix_spawn(f'/proc/self/fd/{m}', ['x'], {})))",
    "starts processes by Python's pool": "import multiprocessing; p = multiprocessing.get_context('fork').Process(target=int); p.start(); out(p.join())",
    # The kernel.
    "leaves its namespaces": "out(call(272, 0x10000000))",
    "enters the app's namespaces": "out(os.open('/proc/@APP@/ns/mnt', 0))",
    "mounts": "out(call(165, b'none', (scratch + '/none').encode(), b'tmpfs', 0, None))",
    "changes its root": "out(call(161, (scratch + '/none').encode()))",
    "keeps keys": "out(call(248, b'user', b'parallax', b'x', 1, -2))",
    "loads programs into the kernel": "out(call(321, 0, None, 0))",
    "measures": "out(call(298, None, 0, -1, -1, 0))",
    "handles its own faults": "out(call(323, 0))",
    "asks by a ring": "out(call(425, 0, None))",
    "opens files by handles": "out(call(304, -1, None, 0))",
    "changes its kind": "out(call(135, 0xffffffff))",
    "filters its calls": "out(call(317, 2, 0, struct.pack('I', 0)))",
    "loads another kernel": "out(call(320, -1, -1, 0, None, 0))",
    "sets the clock": "out(call(227, 99, None))",
    "types into a terminal": "out(call(16, 0, 0x5412, b'x'))",
    "lives on without its parent": "out(call(157, 1, 0))",
    "adopts orphans": "out(call(157, 36, 1))",
    "lets itself be traced": "out(call(157, 4, 1))",
    "holds others up with a lease": "import fcntl; f = os.open(scratch + '/l', os.O_CREAT); out(fcntl.fcntl(f, fcntl.F_SETLEASE, fcntl.F_RDLCK))",
    "enlarges its pipes": "import fcntl; r, w = os.pipe(); out(fcntl.fcntl(r, fcntl.F_SETPIPE_SZ, 1 << 20))",
}  # fmt: skip

OF_ROOT: Mapping[str, tuple[int, str]] = {
    "raises its own limits": (24, "resource.setrlimit(resource.RLIMIT_CPU, (resource.RLIM_INFINITY,) * 2); out(0)"),
    "takes precedence": (23, "out(os.nice(-1))"),
    "makes a device": (27, "out(os.mknod(scratch + '/d', 0o20600, os.makedev(1, 3)))"),
    "becomes another user": (7, "out(os.setuid(12345))"),
    "leaves the root's folder": (18, "out(os.chroot(scratch))"),
}
"""What root alone can do at all, with the number of the capability that it takes."""


def script(attempt: str, places: Mapping[str, object]) -> str:
    """Return the whole script of an attempt."""
    text = BEGINNING + textwrap.dedent(attempt)
    for name, place in places.items():
        text = text.replace(f"@{name}@", str(place))
    return text
