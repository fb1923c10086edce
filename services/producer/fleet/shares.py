"""Which worker has which camera."""

from collections import Counter
from collections.abc import Iterable, Mapping


def shares(before: Mapping[str, int], cameras: Iterable[str], workers: int) -> dict[str, int]:
    """Camera -> worker, from 0. A camera that has a worker stays there; a new one goes to the one with the fewest."""
    wanted = list(cameras)
    found = {camera: before[camera] for camera in wanted if camera in before}
    load = Counter(found.values())
    for camera in wanted:
        if camera not in found:
            found[camera] = min(range(workers), key=lambda worker: load[worker])
            load[found[camera]] += 1
    return found
