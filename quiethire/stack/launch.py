"""Becomes a server: `python -I -S launch.py <parent pid> <death signal> <user id> <group id> <niceness> <command> …`.

It runs between the supervisor and the server so that the supervisor, which has threads, need not run Python between
fork and exec. Linux only. It asks for the death signal (the server gets it when its parent dies, even by `kill -9`), drops to
the given user (-1 = stays what it is) and then becomes the command. Standard library only: nothing else is on its path.
"""

import ctypes
import os
import sys

# From linux/prctl.h, linux/securebits.h and linux/capability.h.
PR_SET_PDEATHSIG = 1
PR_SET_SECUREBITS = 28
PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 47, 2
SECBIT_NO_SETUID_FIXUP = 1 << 2
CAPABILITY_VERSION_3 = 0x20080522
CAP_DAC_OVERRIDE = 1


def _prctl(*arguments: int) -> bool:
    libc = ctypes.CDLL(None, use_errno=True)
    return bool(libc.prctl(*(ctypes.c_ulong(argument) for argument in (*arguments, 0, 0, 0, 0, 0)[:5])) == 0)


def _set_capability(*, permitted: bool, effective: bool) -> bool:
    """Keep nothing but CAP_DAC_OVERRIDE, or nothing at all."""
    bit = 1 << CAP_DAC_OVERRIDE
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    low = (bit * effective, bit * permitted, bit * permitted)
    data = (ctypes.c_uint32 * 6)(*low, 0, 0, 0)
    return bool(ctypes.CDLL(None, use_errno=True).capset(header, data) == 0)


def drop(user: int, group: int, command: str) -> None:
    """Become `user`. Where it cannot reach the command or the working directory, it keeps the right to pass.

    Both may lie below a directory that only root may enter. The right to override file permissions then stays (as an
    ambient capability, which survives exec); access() looks at it only with "no setuid fixup". A container may forbid
    these calls: the drop is then a plain one, and the server says what it could not reach.
    """
    directory = os.getcwd()  # noqa: PTH109 - no pathlib here: this process only has milliseconds
    keeps = _prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP)
    os.setgroups([])
    os.setresgid(group, group, group)
    os.setresuid(user, user, user)
    if not keeps:
        return
    if not _set_capability(permitted=True, effective=False):
        # Never go on as somebody who kept all of root's capabilities.
        sys.exit(f"launch: cannot give up root's capabilities for user {user}")
    if os.access(command, os.X_OK) and os.access(directory, os.R_OK | os.W_OK | os.X_OK):
        _set_capability(permitted=False, effective=False)
    else:
        _set_capability(permitted=True, effective=True)
        _prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE)


def stand_back(niceness: int) -> None:
    """Let others go before where there is less time than all of them want.

    A server has a session of its own. Where the kernel shares time out among sessions first (autogroup), niceness counts within one alone,
    and the session's own is set beside it. Elsewhere there is no such file, a container may not let it be written, and the kernel
    takes it from a user once in a tenth of a second: the server serves all the same.
    """
    os.nice(niceness)
    try:
        with open("/proc/self/autogroup", "w", encoding="ascii") as own:  # noqa: PTH123 - no pathlib here, as above
            own.write(str(niceness))
    except OSError:
        return


def main() -> None:
    """See the module."""
    parent, death_signal, user, group, niceness = (int(argument) for argument in sys.argv[1:6])
    command = sys.argv[6:]
    if niceness:
        stand_back(niceness)
    if user != -1:
        drop(user, group, command[0])
    # After the drop: a change of user clears it.
    _prctl(PR_SET_PDEATHSIG, death_signal)
    if os.getppid() != parent:
        sys.exit("launch: the parent died first")
    os.execv(command[0], command)  # noqa: S606 - a list of arguments, no shell, is what is wanted


if __name__ == "__main__":
    main()
