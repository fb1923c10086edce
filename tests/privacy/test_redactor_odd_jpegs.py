"""Pictures that decoders read differently: whatever any of two decoders sees in what is published, it is nobody."""

import logging

import pytest

from libs.common import codec, images
from libs.common.errors import PermanentError
from libs.common.messages import Box, End, Frame, replace
from tests.privacy import canary_pictures as canary
from tests.privacy.odd_jpegs import hiding, odd
from tests.redactor.scenes import frames, seen, stage, unlooked

SOMEBODY: Box = (0.2, 0.2, 0.45, 0.4)
BELOW: Box = (0.2, 0.6, 0.45, 0.9)
"""Under the 64 rows that `more rows than said` shows."""
NOBODY = canary.photo(())
ODD = {
    f"{'bands, ' * bands}{name}": jpeg
    for bands in (False, True)
    for name, jpeg in odd(canary.photo((SOMEBODY,), bands=bands), NOBODY, canary.drawn((SOMEBODY,))).items()
}
ODD |= {
    f"marked, {name}": canary.marked(jpeg)
    for name, jpeg in ODD.items()
    if jpeg[:3] == b"\xff\xd8\xff" and not name.startswith("bands")
}
HIDING = {
    f"{'bands, ' * bands}{name}": jpeg
    for bands in (False, True)
    for name, jpeg in hiding(canary.photo((BELOW,), bands=bands), canary.photo((), bands=bands)).items()
}
INSIDE_THE_CODING = ("more rows than said", "more data than needed")
"""docs/privacy.md names the limit: who says `image_by: framebus` is believed about what is inside the coded data."""
END = End(camera="porch", boot="0000000a", last_seq=0)


def looked_at(jpeg: bytes, image_by: str, still: bool) -> Frame:
    """As a detector leaves it that sees what a forgiving decoder shows, and says so about these very bytes."""
    views = canary.views(jpeg)
    height, width = views[0].shape[:2] if views else (canary.HEIGHT, canary.WIDTH)
    frame = unlooked(0, image=jpeg, image_by=image_by, still=still, width=width, height=height)
    return seen(frame, canary.somebody_in(jpeg))


def redacted(frame: Frame) -> tuple[list[Frame], str]:
    """The frames that come out of it; where it is refused none, and why."""
    redact = stage()
    try:
        return frames([*redact.handle(frame), *redact.handle(END)]), ""
    except PermanentError as error:
        return [], str(error)


@pytest.mark.parametrize("still", [False, True])
@pytest.mark.parametrize("image_by", ["framebus", "foreign"])
@pytest.mark.parametrize("name", ODD)
def test_nobody_is_seen_in_what_becomes_of_an_odd_picture(
    name: str, image_by: str, still: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """Covered, black or refused; plain and of the same size where it is published."""
    caplog.set_level(logging.DEBUG)
    outs, refusal = redacted(looked_at(ODD[name], image_by, still))
    for out in outs:
        assert not canary.leaks(out.image)
        assert images.read_header(out.image).plain
    assert canary.MARK.decode() not in caplog.text + refusal


@pytest.mark.parametrize("image_by", ["framebus", "foreign"])
@pytest.mark.parametrize("name", HIDING)
def test_somebody_hidden_in_a_picture_of_nobody_stays_behind(name: str, image_by: str) -> None:
    """No decoder sees them, and their coded data is not in the message."""
    jpeg = HIDING[name]
    data = canary.photo((BELOW,), bands=name.startswith("bands"))[-2000:-1000]
    assert data in jpeg
    for out in redacted(looked_at(jpeg, image_by, still=False))[0]:
        assert not canary.leaks(out.image)
        if image_by == "foreign" or not name.endswith(INSIDE_THE_CODING):
            assert data not in codec.encode(out)


def test_what_was_seen_in_an_odd_picture_is_seen() -> None:
    """The instrument: most of these show somebody before they are redacted, none of the hiding ones does."""
    found = [canary.leaks(jpeg) for jpeg in ODD.values()]
    assert sum(found) > len(found) * 2 / 3
    assert not any(canary.somebody_in(jpeg) for jpeg in HIDING.values())


@pytest.mark.parametrize("turns", range(8))
def test_the_pattern_is_found_again_turned_and_mirrored_in_a_single_block(turns: int) -> None:
    """And in a grey picture; not in noise, not in black boxes."""
    image = canary.drawn((), seed=turns)
    assert not canary.spotted(image)
    image[64:96, 48:80] = 0
    assert not canary.spotted(images.decode(images.encode(image)))
    block = canary.drawn(((0, 0, 1, 1),))[:16, :16].swapaxes(0, 1)[:: 1 - 2 * (turns & 1), :: 1 - (turns & 2)]
    block = block if turns & 4 else block.swapaxes(0, 1)
    image[70:86, 50:66] = block
    seen_again = images.decode(images.encode(image))
    assert canary.spotted(seen_again, coarse=True)
    assert canary.spotted(images.decode_gray(images.encode(image))[:, :, None].repeat(3, axis=2))


def test_an_upright_exif_picture_is_shown_covered_and_the_turned_ones_are_black() -> None:
    """Seven of eight orientations are nothing that a box fits on."""
    outs = {n: redacted(looked_at(ODD[f"turned {n}"], "foreign", still=True))[0] for n in range(1, 9)}
    reasons = {n: out.redaction.reason for n, (out,) in outs.items() if out.redaction}
    assert reasons == {1: None, **dict.fromkeys(range(2, 9), "mismatch")}


def test_a_verdict_that_saw_nobody_does_not_show_the_other_picture() -> None:
    """First nobody, then somebody in the same bytes; the width of another one said on top."""
    jpeg = NOBODY + canary.photo((SOMEBODY,))
    frame = replace(looked_at(jpeg, "framebus", still=False), width=canary.WIDTH - 1)
    [[out], _] = redacted(frame)
    assert out.redaction is not None
    assert out.redaction.reason == "mismatch"
