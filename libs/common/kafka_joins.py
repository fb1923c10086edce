"""Joining a group takes longer than a poll: what kafka-python 3.0.12 forgets of a join between two polls."""

from typing import Any


class _Unread:
    """A join that ended between two polls. It says that it has not, or its outcome would be thrown away."""

    is_done = False

    def __init__(self, task: Any) -> None:
        self._task = task

    def __getattr__(self, name: str) -> Any:
        return getattr(self._task, name)

    def __await__(self) -> Any:
        return self._task.__await__()


def finish_joins(coordinator: Any) -> None:
    """A join that has begun is needed until its outcome was read.

    Without this a join that outlasts a poll is forgotten, with the heartbeat off, if new partitions were its reason;
    and one that ends between two polls is begun again, so that a group whose members are busy never settles.
    """
    is_needed = coordinator.need_rejoin

    def need_rejoin() -> bool:
        task = coordinator._join_task
        if task is not None and task.is_done:
            coordinator._join_task = _Unread(task)
        return bool(is_needed() or coordinator.rejoining)

    coordinator.need_rejoin = need_rejoin
