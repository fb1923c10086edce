"""Has the backends look at a frame, one after another: all of them, or the first as a gate before the others."""

from collections.abc import Sequence

from libs.common.clock import Clock
from libs.common.errors import PermanentError, TemporaryError
from libs.common.messages import Detection, Frame, replace
from services.detector.backend import Backend
from services.detector.boxes import without_doubles
from services.detector.counts import Counts
from services.detector.failures import Failures
from services.detector.gate import EVERYWHERE, NOWHERE, Gate, Regions
from services.detector.pace import Pace
from services.detector.picture import Picture
from services.detector.step import Look, Sighting


class Looks:
    """A backend that fails costs its own look at this one frame; the frame and what the others say go on."""

    def __init__(
        self, backends: Sequence[Backend], pace: Pace, clock: Clock, counts: Counts, gate: Gate | None = None
    ) -> None:
        """With a `gate`, the first backend looks at every frame and the pace is that of the others."""
        self._backends = tuple(backends)
        self._pace = pace
        self._clock = clock
        self._counts = counts
        self._gate = gate
        self._failures = Failures()

    def look(self, sighting: Sighting) -> None:
        """Add a look of each backend that could tell, and an event where one began or ceased to fail.

        Raises PermanentError where the picture cannot be decoded, TemporaryError for a still that cannot be looked at
        now: it must not go on unlooked.
        """
        if self._gate is None:
            self._paced(self._backends, sighting, EVERYWHERE)
            return
        self._ask(self._backends[0], sighting, EVERYWHERE)
        found = sighting.looks[0].found if sighting.looks else None
        self._paced(self._backends[1:], sighting, self._gate.where(sighting.frame, found))

    def learn(self, picture: Picture) -> None:
        for backend in self._backends:
            backend.learn(picture)

    def forget(self, camera: str) -> None:
        for backend in self._backends:
            backend.forget(camera)
        self._pace.forget(camera)
        self._failures.forget(camera)
        if self._gate is not None:
            self._gate.forget(camera)

    def _paced(self, backends: Sequence[Backend], sighting: Sighting, where: Regions) -> None:
        frame = sighting.frame
        if not backends:
            return
        if where == NOWHERE or not self._pace.due(frame) or self._delays_the_whole(frame, where):
            sighting.looks += [self._carried(backend) for backend in backends]
            return
        started_s = self._clock.monotonic_s()
        for backend in backends:
            self._ask(backend, sighting, where)
        self._pace.looked(frame, self._clock.monotonic_s() - started_s)
        if self._gate is not None and where == EVERYWHERE:
            self._gate.looked(frame)

    def _delays_the_whole(self, frame: Frame, where: Regions) -> bool:
        """Without a whole look in time nothing is shown: a look at parts is not worth that."""
        return (
            self._gate is not None and where != EVERYWHERE and not self._gate.has_time(frame, self._pace.rest_s(frame))
        )

    def _carried(self, backend: Backend) -> Look:
        self._counts.looked.labels("carried").inc()
        return Look(backend.model, backend.labels, "carried")

    def _ask(self, backend: Backend, sighting: Sighting, where: Regions) -> None:
        """Nothing is added where it cannot tell, or failed."""
        frame, picture = sighting.frame, sighting.picture
        try:
            found = backend.look(picture) if where == EVERYWHERE else _in_parts(backend, picture, where)
        except PermanentError:
            raise
        except TemporaryError as error:
            if frame.still:
                raise
            self._failed(backend, sighting, error, "unavailable")
            return
        except Exception as error:
            self._failed(backend, sighting, error, "failed")
            return
        sighting.events += self._failures.worked(backend.model, frame)
        how = "unknown" if found is None else "full" if where == EVERYWHERE else "regions"
        self._counts.looked.labels(how).inc()
        if found is not None:
            sighting.looks.append(Look(backend.model, backend.labels, "full" if how == "full" else "carried", found))

    def _failed(self, backend: Backend, sighting: Sighting, error: Exception, how: str) -> None:
        self._counts.looked.labels(how).inc()
        sighting.events += self._failures.failed(backend.model, sighting.frame, error)


def _in_parts(backend: Backend, picture: Picture, where: Regions) -> Sequence[Detection] | None:
    """Each part by itself; what lies in two of them counts once."""
    found: list[Detection] = []
    for region in where:
        part = picture.part(region)
        if (seen := backend.look(part)) is None:
            return None
        found += [replace(each, box=part.back(each.box)) for each in seen]
    return without_doubles(found)
