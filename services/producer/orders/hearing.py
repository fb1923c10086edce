"""Who hears commands in a process of the producer."""

from libs.common.service import Service
from services.producer.orders.commands import COUNTED, Commands
from services.producer.orders.control import Control
from services.producer.orders.desk import Desk
from services.producer.settings import Settings


def desk_of(settings: Settings, process: Service) -> Desk:
    """The desk of this process, to which commands come from now on where there is a topic of them."""
    commands = process.metrics.reasons("framebus_commands_total", "Commands by what became of them.", COUNTED)

    def count(reason: str) -> None:
        commands.labels(reason).inc()

    desk = Desk(process.clock, count)
    if (topic := settings.control_topic()) is not None:
        from libs.common.kafka_check import or_hidden
        from libs.common.kafka_tail import tail_of

        kafka = settings.kafka()
        connect = tail_of(kafka, topic, "framebus-producer-control")
        Control(connect, Commands(process.clock, desk, count), process.stop, or_hidden(kafka)).start()
    return desk
