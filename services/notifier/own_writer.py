"""A writer that is made when it is first needed: most channels never write on the bus."""

from libs.common.bus import Writer
from libs.common.errors import TemporaryError
from libs.common.kafka_settings import KafkaSettings


class OwnWriter:
    """For one caller at a time."""

    def __init__(self, settings: KafkaSettings, client: str, topic: str) -> None:
        self._settings, self._client, self._topic = settings, client, topic
        self._writer: Writer | None = None

    def __call__(self) -> Writer:
        """Raises TemporaryError, with the reason, where no broker lets us in."""
        if self._writer is None:
            self._writer = self._made()
        return self._writer

    def close(self) -> None:
        """Never raises."""
        if self._writer is not None:
            self._writer.close()

    def _made(self) -> Writer:
        from libs.common.kafka_admin import KafkaError
        from libs.common.kafka_login import enter
        from libs.common.kafka_writers import writer_of

        try:
            enter(self._settings)
            return writer_of(self._settings, self._client, self._topic, once=False)
        except (KafkaError, TemporaryError) as error:
            raise TemporaryError(f"broker {self._settings.bootstrap}: {error or type(error).__name__}") from None
