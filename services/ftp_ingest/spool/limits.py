"""How much may lie in the spool."""

from dataclasses import dataclass

MIB = 1 << 20
MAX_FILES = 100_000
"""More names in one folder make every start slow."""
TYPICAL_BYTES = 1 * MIB
"""A picture that has not come yet, for whoever asks whether there is room."""


@dataclass(frozen=True)
class Limits:
    """`free_bytes`: so much of the disk is left to others."""

    max_bytes: int = 2048 * MIB
    quota_bytes: int = 512 * MIB
    free_bytes: int = 256 * MIB
    max_files: int = MAX_FILES

    def full(self, files: int, used_bytes: int, of_camera_bytes: int, disk_bytes: int, more_bytes: int) -> str:
        """Why so many more bytes of a camera do not go in; empty: they do."""
        if used_bytes + more_bytes > self.max_bytes:
            return f"the spool holds {used_bytes / MIB:.0f} MiB of pictures (--spool-max)"
        if of_camera_bytes + more_bytes > self.quota_bytes:
            return f"the spool holds {of_camera_bytes / MIB:.0f} MiB of this camera (--quota)"
        if files >= self.max_files:
            return f"the spool holds {files} pictures"
        if disk_bytes - more_bytes < self.free_bytes:
            return f"the disk of the spool has {disk_bytes / MIB:.0f} MiB left (--min-free)"
        return ""
