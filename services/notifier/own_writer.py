"""Writers that are made when they are first needed: most channels never write on the bus."""

from libs.common.bus import Writer
from libs.common.errors import TemporaryError
from libs.common.kafka_settings import KafkaSettings


class OwnWriter:
    """One for each topic: what waits for one that is gone keeps nothing of the others.

    For any number of threads, of which one asks for a topic at a time.
    """

    def __init__(self, settings: KafkaSettings, client: str) -> None:
        self._settings, self._client = settings, client
        self._writers: dict[str, Writer] = {}

    def __call__(self, topic: str) -> Writer:
        """Raises TemporaryError, with the reason, where no broker lets us in."""
        if topic not in self._writers:
            self._writers[topic] = self._made(topic)
        return self._writers[topic]

    def close(self) -> None:
        """Never raises."""
        # Somebody who is stuck may be asking for one more.
        for writer in list(self._writers.values()):
            writer.close()

    def _made(self, topic: str) -> Writer:
        from libs.common.kafka_admin import KafkaError
        from libs.common.kafka_login import enter
        from libs.common.kafka_writers import writer_of

        try:
            enter(self._settings)
            return writer_of(self._settings, self._client, topic, once=False)
        except (KafkaError, TemporaryError) as error:
            raise TemporaryError(f"broker {self._settings.bootstrap}: {error or type(error).__name__}") from None
