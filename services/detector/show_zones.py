"""--show-zones: a camera's zones, masks and lines on a picture of it, and what would be reported of that picture."""

from collections.abc import Iterator
from pathlib import Path

from libs.common import images
from libs.common.errors import PermanentError, SettingsError, TemporaryError
from libs.common.images import Image
from libs.common.messages import Box, Detection, Frame
from libs.common.names import is_name
from services.detector import drawing
from services.detector.backend import Backend
from services.detector.choose import Kit, backends
from services.detector.drawing import Mark, Shape
from services.detector.masks import mask_over
from services.detector.picture import Picture
from services.detector.scenes import Scene
from services.detector.zones import zones_at

QUALITY = 95
MOST_BYTES = 64 << 20


def show_zones(path: Path, camera: str, kit: Kit) -> list[str]:
    """Lines that say what was drawn, and where. Raises SettingsError: no camera, no picture, no place to write."""
    where = f"--show-zones {path}"
    if not is_name(camera):
        raise SettingsError(f"{where}: expected --name with the name of the camera whose picture it is")
    frame = _frame(path, camera, kit.clock.now_ns(), where)
    image = _decoded(frame, where)
    scene = kit.scenes.of(camera)
    lines = [f"{path}: {frame.width}x{frame.height}, camera {camera}", *_told(scene, frame)]
    marks: list[Mark] = []
    for backend in backends(kit):
        for line, mark in _looked(backend, frame, scene, kit):
            lines.append(line)
            marks += [mark] if mark else []
    drawn = drawing.draw(image, marks, _shapes(scene))
    target = path.with_name(f"{path.stem}.zones.jpg")
    _write(target, images.encode(drawn, QUALITY), where)
    return [*lines, f"drawn in {target}; it shows whom the camera sees"]


def _frame(path: Path, camera: str, at_ns: int, where: str) -> Frame:
    """A still of that picture, its bytes as they are where they are an upright JPEG."""
    try:
        with path.open("rb") as file:
            picture = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise SettingsError(f"{where}: expected a readable picture ({error.strerror})") from None
    if len(picture) > MOST_BYTES:
        raise SettingsError(f"{where}: expected a picture of at most {MOST_BYTES >> 20} MiB")
    jpeg = picture if _is_upright_jpeg(picture) else _coded(picture, where)
    info = images.read_header(jpeg)
    return Frame(
        camera=camera,
        boot="00000000",
        seq=0,
        captured_at=at_ns,
        width=info.width,
        height=info.height,
        image=jpeg,
        still=True,
    )


def _is_upright_jpeg(picture: bytes) -> bool:
    try:
        return images.read_header(picture).orientation == 1
    except PermanentError:
        return False


def _decoded(frame: Frame, where: str) -> Image:
    try:
        return images.decode(frame.image)
    except PermanentError as error:
        raise SettingsError(f"{where}: expected a whole picture ({error})") from None


def _coded(picture: bytes, where: str) -> bytes:
    image = drawing.decode_any(picture)
    if image is None:
        raise SettingsError(f"{where}: expected a JPEG or PNG picture")
    return images.encode(image, QUALITY)


def _told(scene: Scene, frame: Frame) -> Iterator[str]:
    for key, names in (("zones", scene.zones), ("masks", scene.masks), ("lines", scene.lines)):
        yield f"{key}: {', '.join(names) or 'none'}"
    if scene.hours is not None:
        active = scene.hours.hold(frame.captured_at)
        yield f"active: {'now' if active else 'not now'}, by the clock of {scene.hours.zone}"


def _looked(backend: Backend, frame: Frame, scene: Scene, kit: Kit) -> Iterator[tuple[str, Mark | None]]:
    """One line for the backend and one for each thing it found, with its box."""
    try:
        found = backend.look(Picture(frame))
    except TemporaryError as error:
        yield f"{backend.model}: cannot look now ({error})", None
        return
    if found is None:
        yield f"{backend.model}: cannot tell from a single picture", None
        return
    yield f"{backend.model}: found {len(found)}", None
    for each in found:
        said, is_reported = _judged(each, frame, scene, kit)
        mark = Mark(each.box, f"{_sure(each)} {said}".strip(), drawing.CYAN if is_reported else drawing.RED)
        yield f"  {_sure(each)} at {_short(each.box)}{': ' if said else ''}{said}", mark


def _judged(found: Detection, frame: Frame, scene: Scene, kit: Kit) -> tuple[str, bool]:
    """What becomes of it in a few words, and whether it is reported."""
    if why := kit.settings.rules.against(found, frame):
        return f"dropped by {why}", False
    if mask := mask_over(scene, found.box):
        return f"dropped by mask {mask}", False
    zones = zones_at(scene, found.box)
    return f"in {', '.join(zones)}" if zones else "", True


def _shapes(scene: Scene) -> Iterator[Shape]:
    for name, area in scene.masks.items():
        yield Shape(area, f"mask {name}", drawing.WHITE, shaded=True)
    for name, area in scene.zones.items():
        yield Shape(area, f"zone {name}", drawing.GREEN)
    for name, line in scene.lines.items():
        yield Shape(line, f"line {name}", drawing.YELLOW, closed=False)


def _sure(found: Detection) -> str:
    return f"{found.label} {found.confidence:.0%}"


def _short(box: Box) -> str:
    return " ".join(f"{side:.3f}" for side in box)


def _write(path: Path, jpeg: bytes, where: str) -> None:
    try:
        path.write_bytes(jpeg)
    except OSError as error:
        raise SettingsError(f"{where}: expected to write {path} ({error.strerror})") from None
