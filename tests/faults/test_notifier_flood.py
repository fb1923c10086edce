"""A thousand events at once: as many messages as the channel may be given, one summary of all others."""

from collections.abc import Callable
from pathlib import Path

from libs.common import codec
from libs.common.bus import Batch
from libs.common.kafka_settings import KafkaSettings
from libs.common.messages import Notice
from libs.ops.kafka_broker import Broker
from services.notifier.ids import notice_id
from tests.common.kafka_tools import gather, reading
from tests.faults.notified import notifiers
from tests.faults.receiver import Receiver, Taken, receiving
from tests.faults.ringer import Ringer
from tests.faults.surroundings import setting, tell

EVENTS, WITHIN_S = 1000, setting("NOTIFIER_FLOOD_S", 4)
LIMIT, PER_S = 10, 12.0
PATIENCE_S = 90.0


def members(kafka: KafkaSettings, topic: str, notice: str) -> tuple[str, ...]:
    """What the summary of that id lists, as the log has it when it is sent."""

    def told(batch: Batch) -> list[Notice]:
        found = [codec.decode(record.value or b"") for record in batch.records if record.key == notice.encode()]
        return [each for each in found if isinstance(each, Notice) and each.state == "sent"]

    with reading(kafka, [topic]) as reader:
        return told(gather(reader, lambda batch: bool(told(batch))))[0].members


def most_in(taken: list[Taken], seconds: float) -> int:
    """The most messages in any span of so many seconds."""
    return max(sum(first.at_s <= each.at_s < first.at_s + seconds for each in taken) for first in taken)


def test_a_thousand_events_are_a_few_messages_and_one_summary_of_all_others(
    broker: Broker, kafka: KafkaSettings, tmp_path: Path, fresh: Callable[[str], str]
) -> None:
    """Of one camera, within ten seconds; the summary lists each of those that nobody was told of alone."""
    with receiving(Receiver()) as receiver, notifiers(broker.bootstrap, tmp_path, fresh) as copies:
        copies.rule({"hook": receiver}, limit=LIMIT, per=PER_S)
        copies.start("one")
        with Ringer(broker.bootstrap, copies.events, EVENTS / WITHIN_S, ("porch",), EVENTS) as ringer:
            ringer.until_done(PATIENCE_S)
        receiver.until_summary(PATIENCE_S)
        copies.leave_all()
        alone = [taken for taken in receiver.taken if not taken.summary_of]
        (summary,) = (taken for taken in receiver.taken if taken.summary_of)
        others = members(kafka, copies.notices, summary.id)
    tell(f"{EVENTS} events in {WITHIN_S:g} s: {len(alone)} messages, one summary of {summary.summary_of}")
    ids = {notice_id(event.id, "hook") for event in ringer.acknowledged()}
    assert len(ids) == EVENTS
    assert sorted([*others, *(taken.id for taken in alone)]) == sorted(ids)
    assert summary.summary_of == len(others)
    assert most_in(receiver.taken, PER_S - 1) <= LIMIT
    assert receiver.wrong == []
