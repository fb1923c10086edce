"""A child that does not outlive us, even when we are killed without a chance to stop it."""

import os
import sys
from collections.abc import Sequence

# The child becomes the program: same pid, no process in between, no code of ours between fork and exec.
# prctl(1, 9) is PR_SET_PDEATHSIG with SIGKILL, kept over exec; the parent may have died before it.
_BECOME = """
import ctypes, os, sys
ctypes.CDLL(None).prctl(1, 9)
if os.getppid() == int(sys.argv[1]):
    os.execv(sys.argv[2], sys.argv[2:])
"""


def dying_with_us(command: Sequence[str]) -> list[str]:
    """`command` (an absolute path and arguments) so that Linux kills it when the thread that starts it ends.

    So start it from a thread that lives as long as the child is wanted. Elsewhere than on Linux the command is
    returned as it is, and a child of a killed parent has to be ended by hand.
    """
    if sys.platform != "linux":
        return list(command)
    return [sys.executable, "-I", "-S", "-c", _BECOME, str(os.getpid()), *command]
