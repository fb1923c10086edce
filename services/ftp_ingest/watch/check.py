"""What --check says of watched folders."""

import os
from pathlib import Path

from libs.common.errors import FatalError
from services.ftp_ingest.watch.folders import Folder
from services.ftp_ingest.watch.plan import Plan


def check_watch(plan: Plan) -> list[str]:
    """Nothing is made. Raises FatalError for a folder that is there and cannot be used."""
    lines = [_line(folder, plan.after) for folder in plan.folders]
    if plan.move_to is not None:
        there = next(path for path in (plan.move_to, *plan.move_to.parents) if path.exists())
        if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
            raise FatalError(f"--move-to {plan.move_to}: expected a folder that can be written, {there} cannot")
        lines.append(f"move-to {plan.move_to}: can be written")
    return lines


def _line(folder: Folder, after: str) -> str:
    whose = folder.camera or "its folders are named like their cameras"
    if not Path(folder.path).exists():
        return f"watch {folder.path}: {whose}; not there yet, it is waited for"
    wanted, what = (os.R_OK | os.X_OK, "read") if after == "keep" else (os.R_OK | os.W_OK | os.X_OK, "written")
    if not Path(folder.path).is_dir() or not os.access(folder.path, wanted):
        raise FatalError(f"--watch {folder.path}: expected a folder that can be {what}")
    return f"watch {folder.path}: {whose}; can be {what}, afterwards: {after}"
