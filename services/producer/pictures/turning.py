"""Turning pictures by quarters and mirroring them, all of it in one step however many reasons there are."""

from dataclasses import dataclass

import numpy as np

from services.producer.pictures.full_range import Plane

ANGLES = (0, 90, 180, 270)


@dataclass(frozen=True, slots=True)
class Turning:
    """First rows become columns (`swapped`), then top and bottom change places, then left and right."""

    swapped: bool = False
    upside_down: bool = False
    mirrored: bool = False

    def then(self, after: "Turning") -> "Turning":
        """Both, one after the other, as one."""
        upside_down, mirrored = self.upside_down, self.mirrored
        if after.swapped:
            upside_down, mirrored = mirrored, upside_down
        return Turning(self.swapped ^ after.swapped, upside_down ^ after.upside_down, mirrored ^ after.mirrored)

    def of(self, plane: Plane) -> Plane:
        """The plane (H, W) turned; the same one where there is nothing to turn."""
        if self == UPRIGHT:
            return plane
        turned = plane.T if self.swapped else plane
        return np.ascontiguousarray(turned[:: -1 if self.upside_down else 1, :: -1 if self.mirrored else 1])

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Of a picture of that size, once turned; turning back asks the same."""
        return (height, width) if self.swapped else (width, height)


UPRIGHT = Turning()


def clockwise(degrees: float) -> Turning:
    """To the nearest quarter."""
    quarters = round(degrees / 90) % 4
    return (UPRIGHT, Turning(swapped=True, mirrored=True), Turning(False, True, True), Turning(True, True))[quarters]


def flipped(how: str | None) -> Turning:
    """`horizontal`: left and right change places; `vertical`: top and bottom; `both`; None: neither."""
    return Turning(upside_down=how in ("vertical", "both"), mirrored=how in ("horizontal", "both"))


def oriented(orientation: int) -> Turning:
    """What makes a picture upright that has this orientation, 1..8 (EXIF 2.3 §4.6.4)."""
    return Turning(orientation >= 5, orientation in (3, 4, 7, 8), orientation in (2, 3, 6, 7))
