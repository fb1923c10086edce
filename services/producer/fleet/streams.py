"""What is followed of a camera: one stream, or one for its frames and one for its segments."""

from collections.abc import Mapping
from dataclasses import replace

from services.producer.plan import Plan


def streams_of(plans: Mapping[str, Plan]) -> dict[str, Plan]:
    """Name -> the plan of a thread. What one of two does not need is not in its plan, so that it stays untouched."""
    found: dict[str, Plan] = {}
    for name, plan in plans.items():
        if plan.video_url is None:
            found[name] = plan
        else:
            found[name] = replace(plan, video=False, audio=False, video_url=None)
            found[f"{name} video"] = packets_of(plan, plan.video_url)
    return found


def packets_of(plan: Plan, video_url: str) -> Plan:
    """That of the second stream. No camera's name has a blank in it, so the threads' names differ."""
    return Plan(
        url=video_url,
        camera=plan.camera,
        rtsp_transport=plan.rtsp_transport,
        loop=plan.loop,
        speed=plan.speed,
        active=plan.active,
        video=True,
        audio=plan.audio,
        tls_insecure=plan.tls_insecure,
        packets_only=True,
    )
