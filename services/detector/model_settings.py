"""Flags about model files, for the backends that load one."""

import re
from typing import Annotated, Literal

from pydantic import BaseModel, Field, field_validator

from libs.common.flags import Flag, Words
from libs.common.settings_environment import PREFIX

_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
_DEVICE = re.compile(r"[a-z0-9]{1,32}(:[0-9]{1,3})?")


class ModelFlags(BaseModel):
    """How model files are read, and on what they run."""

    names: Annotated[Words, Flag(metavar="NAME,...|FILE")] = Field(
        (),
        validation_alias=PREFIX + "CLASS_NAMES",
        description="what the model's classes are called, from number 0 on, where the model does not say it; or a file "
        "with one in each line; - for a number that stands for nothing",
    )
    model_kind: Annotated[
        Literal["auto", "yolov8", "yolov5", "end-to-end", "rt-detr", "rt-detr-end-to-end", "detr", "rf-detr"],
        Flag(metavar="KIND"),
    ] = Field(
        "auto",
        description="how a model's output is to be read, where its shape leaves that open: yolov8, yolov5, end-to-end, "
        "rt-detr, rt-detr-end-to-end, detr, rf-detr",
    )
    device: Annotated[str, Flag(metavar="NAME")] = Field(
        "auto", description="what models run on: cpu, cuda, tensorrt, openvino ...; auto: cuda where it is, else cpu"
    )
    threads: Annotated[int, Flag(metavar="N")] = Field(
        2, ge=1, le=256, description="of one model on the CPU, at most the cores; more speed is more copies too"
    )

    @field_validator("device")
    @classmethod
    def _is_a_device(cls, device: str) -> str:
        if not _DEVICE.fullmatch(device):
            raise ValueError("expected a name like auto, cpu, cuda or cuda:1")
        return device


class KnownModels(BaseModel):
    """Which model files may be loaded."""

    model_sha256: Annotated[Words, Flag(metavar="HASH")] = Field(
        (), description="SHA-256 of a model file that may be loaded, repeatable; no other one is"
    )

    @field_validator("model_sha256")
    @classmethod
    def _are_hashes(cls, hashes: tuple[str, ...]) -> tuple[str, ...]:
        if not all(map(_SHA256.fullmatch, hashes)):
            raise ValueError("expected 64 hex digits, as sha256sum says")
        return tuple(each.lower() for each in hashes)
