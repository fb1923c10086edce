"""The backend `rekognition`: Amazon Rekognition's DetectLabels. Pictures leave the house, and each look costs money.

https://docs.aws.amazon.com/rekognition/latest/APIReference/API_DetectLabels.html

Its taxonomy is open, a verdict is a promise: so it looks for what `--labels` names and nothing else, and the API is
asked for these alone. It knows them with capitals ("Mobile Phone" for `mobile phone`). A label that is found with
places becomes a detection for each of them; one that the API cannot place (scenes, like `outdoors`, also `face`) is
somewhere in the picture, so it becomes one over the whole of it: a redactor that covers this label covers all.

Where `--min-confidence` and the service's own judgement leave somebody out, they are not covered.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnectionError
from botocore.parsers import ResponseParserError

from libs.common import images
from libs.common.errors import FramebusError, SettingsError, TemporaryError
from libs.common.messages import Box, Detection
from services.detector.cloud import Cloud, ThrottledError
from services.detector.picture import WHOLE, Picture

CONNECT_S, READ_S = 3, 6
"""A cloud that hangs holds up the cameras of a process for so long, and then again after a rest; together below the
10 s in which a service has to stop.
"""

WORKING_SIDE = 1280
MAX_BYTES = 5_242_880
"""Of a picture that is sent with the call itself."""

MOST_LABELS = 100
"""Filters in one call."""

THROTTLED = {"ThrottlingException", "ProvisionedThroughputExceededException", "LimitExceededException"}
MENDED_BY = {
    "InvalidParameterException": "--labels that it knows",
    "InvalidImageFormatException": "a picture that it can read",
    "ImageTooLargeException": "a smaller --detect-size",
}
"""What an error's code asks for; the others are about the login."""


class _Place(TypedDict, total=False):
    BoundingBox: Mapping[str, float]
    Confidence: float


class _Label(TypedDict, total=False):
    Name: str
    Confidence: float
    Instances: Sequence[_Place]
    Parents: Sequence[Mapping[str, str]]


class Rekognition:
    """Region and login are found in boto3's own ways: environment, profile, role."""

    model = "rekognition"

    def __init__(
        self,
        labels: Sequence[str],
        cloud: Cloud,
        max_labels: int = 100,
        min_confidence: float = 55.0,
        side: int = WORKING_SIDE,
    ) -> None:
        """`min_confidence` in percent. `side`: larger pictures are sent at 1/2, 1/4 or 1/8, still at least so long.

        Raises SettingsError without labels, with more of them than an answer may hold, without region or login.
        """
        most = min(max_labels, MOST_LABELS)
        if not 0 < len(labels) <= most:
            raise SettingsError(f"--backend rekognition: expected 1 to {most} --labels to look for, got {len(labels)}")
        self.labels = tuple(labels)
        self._cloud, self._side = cloud, side
        self._client = _client()
        self._request = {
            "MaxLabels": max_labels,
            "MinConfidence": min_confidence,
            "Features": ["GENERAL_LABELS"],
            "Settings": {"GeneralLabels": {"LabelInclusionFilters": [label.title() for label in labels]}},
        }

    def look(self, picture: Picture) -> tuple[Detection, ...]:
        """Raises TemporaryError for what passes (throttling, outages), FramebusError for what somebody has to mend."""
        jpeg = self._jpeg(picture)
        found = self._cloud.call(lambda: self._ask(jpeg))
        return tuple(each for label in found for each in _detections(label) if each.label in self.labels)

    def learn(self, picture: Picture) -> None:
        """Nothing to learn."""

    def forget(self, camera: str) -> None:
        """Nothing to forget."""

    def _jpeg(self, picture: Picture) -> bytes:
        """The frame's own bytes where they are small and framebus made them: a foreign file may name a place."""
        own = picture.is_whole and picture.frame.image_by == "framebus"
        if own and max(picture.size) <= self._side and len(picture.frame.image) <= MAX_BYTES:
            return picture.frame.image
        side = self._side
        while len(jpeg := images.encode(picture.image(side))) > MAX_BYTES:
            side //= 2
        return jpeg

    def _ask(self, jpeg: bytes) -> Sequence[_Label]:
        try:
            answer = self._client.detect_labels(Image={"Bytes": jpeg}, **self._request)
        except ClientError as error:
            raise _refusal(error) from None
        except (NoConnectionError, HTTPClientError, ResponseParserError) as error:
            raise TemporaryError(f"Amazon Rekognition does not answer well: {type(error).__name__}") from None
        except BotoCoreError as error:
            raise FramebusError(f"Amazon Rekognition cannot be asked: {type(error).__name__}") from None
        # Anything in JSON's place is read as an answer without labels: it must not pass for a picture without people.
        if "Labels" not in answer:
            raise TemporaryError("Amazon Rekognition does not answer well: no labels in its answer")
        labels: Sequence[_Label] = answer["Labels"]
        return labels


def _client() -> Any:
    # At debug level it would log the pictures and the signatures of its requests.
    for name in ("boto3", "botocore", "urllib3"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # No retries of its own: each would cost money that the budget does not see.
    config = Config(connect_timeout=CONNECT_S, read_timeout=READ_S, retries={"total_max_attempts": 1})
    try:
        session = boto3.Session()
        if session.get_credentials() is None:
            raise SettingsError(
                "--backend rekognition: expected a login to AWS: AWS_PROFILE, a role, or a pair of keys"
            )
        return session.client("rekognition", config=config)
    except (BotoCoreError, ValueError) as error:
        raise SettingsError(f"--backend rekognition: expected AWS_DEFAULT_REGION and a login: {error}") from None


def _refusal(error: ClientError) -> FramebusError:
    """By the error's code alone: its text may name accounts and users."""
    code = str(error.response.get("Error", {}).get("Code", "no code"))[:64]
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in THROTTLED or status == 429:
        return ThrottledError(f"Amazon Rekognition throttles: {code}")
    if status >= 500:
        return TemporaryError(f"Amazon Rekognition fails: {code}")
    expected = MENDED_BY.get(code, "a login that may rekognition:DetectLabels")
    return FramebusError(f"Amazon Rekognition refuses: {code}; expected {expected}")


def _detections(label: _Label) -> list[Detection]:
    name = label.get("Name", "").lower()
    parents = tuple(parent["Name"].lower() for parent in label.get("Parents", ()))
    places: Sequence[_Place] = label.get("Instances") or ({"Confidence": label.get("Confidence", 0.0)},)
    return [
        Detection(label=name, confidence=_ratio(place.get("Confidence", 0.0) / 100), box=_box(place), parents=parents)
        for place in places
    ]


def _box(place: _Place) -> Box:
    if (box := place.get("BoundingBox")) is None:
        return WHOLE
    left, top = box["Left"], box["Top"]
    return _ratio(left), _ratio(top), _ratio(left + box["Width"]), _ratio(top + box["Height"])


def _ratio(value: float) -> float:
    """Boxes of things at the edge reach a little beyond it."""
    return min(1.0, max(0.0, value))
