"""Flags for the encoded video beside the frames."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated

from pydantic import BaseModel, Field, field_validator

from libs.common.bus_stream import STREAM
from libs.common.errors import SettingsError
from libs.common.flags import Flag
from libs.common.settings_checks import raw_topic
from services.producer.plan import Plan
from services.producer.sources.plan_source import source_of
from services.producer.sources.urls import Source, read_url


class VideoSettings(BaseModel):
    """A part of the producer's settings."""

    video_topic: Annotated[str | None, Flag(metavar="TOPIC")] = Field(
        None,
        description="topic for the cameras' own packets too, such as video.source: all of them, whatever -f and --fps "
        "say, not decoded; raw, so no one may read it who may not see people",
    )

    @field_validator("video_topic")
    @classmethod
    def _is_a_raw_topic(cls, name: str | None) -> str | None:
        if name == STREAM:
            raise ValueError("expected a topic: video goes to the broker alone")
        return None if name is None else raw_topic(name)

    def with_video(self, plan: Plan) -> Plan:
        """The plan as it is followed here: without a topic for video nobody makes segments."""
        return plan if self.video_topic else replace(plan, video=False)

    def need_video(self, plans: Mapping[str, Plan], others: tuple[str, ...]) -> None:
        """Raises SettingsError where the flags for video do not fit. `others`: topics that are for something else."""
        if self.video_topic is None:
            if camera := next((plan.camera for plan in plans.values() if plan.audio), None):
                raise SettingsError(f"--audio: unused without --video-topic, by which {camera}'s sound would go")
            if camera := next((plan.camera for plan in plans.values() if plan.video_url), None):
                raise SettingsError(f"--video-url: unused without --video-topic, by which {camera}'s packets would go")
            return
        if STREAM in others:
            raise SettingsError("--video-topic: not with -t -: a stream carries frames alone")
        if self.video_topic in others:
            raise SettingsError(f"--video-topic {self.video_topic}: expected a topic of its own, others go there")
        for plan in plans.values():
            _need_packets(plan)


def _need_packets(plan: Plan) -> None:
    if plan.audio and not plan.video:
        raise SettingsError(f"--audio: unused with --no-video, by which none of {plan.camera}'s sound goes")
    if plan.video_url:
        if not plan.video:
            raise SettingsError(f"--video-url: unused with --no-video, by which none of {plan.camera}'s packets go")
        _refuse("--video-url", plan.camera, read_url(plan.video_url), "another kind of source")
        return
    for source in (source_of(plan), *map(read_url, filter(None, [plan.secondary_url]))) if plan.video else ():
        _refuse("--video-topic", plan.camera, source, "--no-video or --video-url for it, or another kind of source")


def _refuse(flag: str, camera: str, source: Source, expected: str) -> None:
    """Raises SettingsError where the source has pictures alone."""
    if source.kind != "video" or source.scheme == "webcam":
        raise SettingsError(f"{flag}: {camera} ({source.scheme}) has no packets of video to give; expected {expected}")
