"""framebus producer: wiring."""

import sys
from collections.abc import Callable, Mapping, Sequence

from libs.common import service
from libs.common.clock import SystemClock
from libs.common.flags import load
from libs.common.health import Posts
from services.producer.fleet.reload import Reload
from services.producer.fleet.workers import Workers
from services.producer.orders.hearing import desk_of
from services.producer.plan import Plan
from services.producer.run import cameras_of, publish
from services.producer.settings import Settings
from services.producer.try_camera import try_cameras

TEXT = (
    "Publishes the frames of a camera, a file or a webcam, or of many of them. "
    "framebus producer discover lists the ONVIF cameras of the local network."
)


def serve(settings: Settings, process: service.Service, argv: Sequence[str]) -> None:
    def follow_file(follow: Callable[[Mapping[str, Plan]], None]) -> None:
        """Its cameras now, and after each change of the file, if they stand in one."""
        follow(settings.plans())
        if settings.fleet() is not None:
            reload = Reload(settings, lambda: load(Settings, argv, "framebus producer", TEXT)[0], follow)
            process.health.posts = Posts(settings.token(), {"/reload": reload.now})
            reload.start(process.stop)

    if settings.workers > 1:
        workers = Workers(settings, process)
        follow_file(workers.follow)
        workers.run()
    elif (template := settings.webrtc()) is not None:
        from services.producer.webrtc.wiring import serve_webrtc

        serve_webrtc(settings, process, template)
    else:
        desk = desk_of(settings, process)
        cameras = cameras_of(settings, process, desk)
        follow_file(cameras.follow)
        publish(settings, process, cameras, desk)


def check(settings: Settings) -> list[str]:
    """A picture of each camera. Raises FatalError where there is none."""
    if settings.webrtc() is not None:
        from services.producer.webrtc.wiring import check_webrtc

        return check_webrtc(settings)
    plans = {name: settings.with_video(plan) for name, plan in settings.plans().items()}
    return try_cameras(plans, SystemClock())


def main(argv: Sequence[str]) -> int:
    if argv[:1] == ["discover"]:
        from services.producer.onvif import discover

        return discover.main(argv[1:])
    return service.main(
        Settings, "producer", TEXT, argv, lambda settings, process: serve(settings, process, argv), check
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
