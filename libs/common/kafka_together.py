"""The same partition number of all topics goes to one member of a group: whoever joins two topics needs both halves."""

from collections.abc import Iterable
from typing import Any

from kafka.coordinator.assignors.range import RangePartitionAssignor


class Together(RangePartitionAssignor):  # type: ignore[misc]
    """By number, where all topics have as many partitions.

    kafka-python 3.0.12 gives nothing to some static members where static and dynamic ones come mixed: here they do not.
    """

    @classmethod
    def assign(cls, cluster: Any, members: Iterable[Any]) -> Any:
        return super().assign(cluster, sorted(members, key=lambda member: member.group_instance_id is None))
