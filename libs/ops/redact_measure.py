"""One run over a clip: every frame that comes out is judged at once, and only its figures are kept."""

from dataclasses import dataclass, field

from libs.common.errors import FatalError, SettingsError
from libs.common.messages import End, Frame, Message
from libs.ops.redact_figures import Judged, figures
from libs.ops.redact_judge import judge
from libs.ops.redact_pipe import Pipe
from libs.ops.redact_report import Result, Way
from libs.ops.redact_settings import Settings
from libs.ops.redact_sheet import Tile, Worst
from libs.ops.redact_stage import PipeStage
from libs.ops.redact_truth import Truth, read_truth


@dataclass
class _Output:
    """What came out of one redactor."""

    truth: Truth
    judged: list[Judged] = field(default_factory=list)
    worst: Worst = field(default_factory=Worst)
    policy: str = ""
    models: set[str] = field(default_factory=set)
    end: End | None = None

    def take(self, message: Message) -> None:
        """Raises FatalError where the clip did not come as one piece: then `seq` does not count its frames."""
        if isinstance(message, End):
            if self.end:
                raise FatalError("the clip came in several pieces, expected one whose clock does not jump")
            self.end = message
        elif isinstance(message, Frame):
            found = judge(message, self.truth.get(message.seq))
            self.judged.append(found)
            self.worst.offer(message, found)
            self.policy = message.redaction.policy if message.redaction else "not redacted"
            self.models.update(verdict.model for verdict in message.verdicts or ())

    def way(self, stage: PipeStage, frames: int) -> Way:
        """Its figures."""
        came = {each.seq for each in self.judged}
        lost_boxes = sum(len(labelled) for seq, labelled in self.truth.items() if seq not in came)
        return Way(self.policy, figures(self.judged, frames, lost_boxes), _cpu_ms(stage, frames))


def measure(settings: Settings) -> tuple[Result, list[Tile]]:
    """Run the services; raises SettingsError and FatalError. The tiles are the worst frames of the first way."""
    producer = [str(settings.file("video").resolve()), "--speed", "0"]
    truth = read_truth(settings.file("truth"))
    redactor = settings.redactor_flags()
    ways = [redactor] if settings.lookahead == 0 else [redactor, [*redactor, "--lookahead", "0"]]
    outputs = [_Output(truth) for _ in ways]
    with Pipe(producer, settings.detector_flags(), ways) as pipe:
        for number, message in pipe.messages():
            outputs[number].take(message)
        frames = _frames(settings, outputs[0])
        costs = [output.way(stage, frames) for output, stage in zip(outputs, pipe.redactors, strict=True)]
        detector_cpu_ms = _cpu_ms(pipe.detector, frames)
    tiles = outputs[0].worst.tiles()
    result = Result(
        clip=str(settings.video),
        detector=", ".join(sorted(outputs[0].models)) or "did not look",
        frames=frames,
        fps=_fps(outputs[0].judged),
        labelled_frames=len(truth),
        detector_cpu_ms=detector_cpu_ms,
        ways=costs,
        sheet=[tile.seq for tile in tiles] if settings.sheet else [],
    )
    return result, tiles


def _frames(settings: Settings, output: _Output) -> int:
    """How many the clip has. Raises FatalError where none came, SettingsError where the truth is about another clip."""
    if output.end is None or not output.judged:
        raise FatalError(f"--video {settings.video}: no frame came out of it, expected a video")
    frames, last = output.end.last_seq + 1, max(output.truth) + 1
    if last > frames:
        raise SettingsError(
            f"--truth {settings.truth}: it labels frame {last}, expected at most {frames} as in the clip"
        )
    if not any(each.sights for each in output.judged):
        raise SettingsError(f"--truth {settings.truth}: no label lies in a picture, expected pixels of this clip")
    return frames


def _cpu_ms(stage: PipeStage, frames: int) -> float:
    """From the first message on: what a start costs is not part of it."""
    return 1000 * (stage.cpu_s - stage.start_cpu_s) / max(1, frames - 1)


def _fps(judged: list[Judged]) -> float:
    """Frames per second of stream time; 1 for a single frame."""
    first, last = judged[0], judged[-1]
    return 1e9 * (last.seq - first.seq) / (last.captured_at - first.captured_at) if last.seq > first.seq else 1.0
