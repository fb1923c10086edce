"""The file of cameras: what overrides what, and every slip in it is one line that says where."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from libs.common.errors import SettingsError
from libs.common.flags import load
from services.producer.fleet.shard import parse_shard
from services.producer.plan import Plan
from services.producer.settings import Settings

FILE = """
bootstrap: kafka:9092
defaults: {fps: 1, quality: 70, timezone: Europe/Berlin}
groups:
  night: {active: ["Mon-Fri 18:00-06:00", "Sat,Sun 00:00-24:00"], quality: 60}
  files: {loop: true}
cameras:
  porch: {url: "rtsp://viewer:horse-battery@10.0.0.7/1", group: night}
  yard: {url: webcam, group: night, active: [], fps: 5}
  gate_1: {url: gate.mp4, group: files}
  gate-1: {url-file: secrets/gate.url, quality: 80}
"""


def read(folder: Path, text: str, *flags: str) -> Settings:
    """The settings of a process that has this file."""
    (folder / "cameras.yaml").write_text(text)
    return load(Settings, ["--config", str(folder / "cameras.yaml"), *flags], "framebus producer", "")[0]


@pytest.fixture
def plans(tmp_path: Path) -> Mapping[str, Plan]:
    """Of the file above."""
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "gate.url").write_text("rtsp://u:other-secret@10.0.0.8/\n")
    return read(tmp_path, FILE).plans()


def test_a_camera_overrides_its_group_and_that_the_defaults(plans: Mapping[str, Plan]) -> None:
    """Each setting by itself."""
    assert {name: (plan.fps, plan.quality, plan.loop) for name, plan in plans.items()} == {
        "porch": (1, 60, False),
        "yard": (5, 60, False),
        "gate_1": (1, 70, True),
        "gate-1": (1, 80, False),
    }


def test_windows_come_from_the_group_unless_the_camera_has_none(plans: Mapping[str, Plan]) -> None:
    """An empty list is: always."""
    assert plans["yard"].active is None
    active = plans["porch"].active
    assert active is not None
    assert (len(active.windows), str(active.zone)) == (2, "Europe/Berlin")


def test_a_url_may_stand_in_a_file_beside_it(plans: Mapping[str, Plan]) -> None:
    """Looked for where the file of cameras lies, wherever the process runs."""
    assert plans["gate-1"].url == "rtsp://u:other-secret@10.0.0.8/"


def test_a_source_replaces_that_of_the_group(tmp_path: Path) -> None:
    """Whichever way each of them names it."""
    (tmp_path / "gate.url").write_text("webcam:7\n")
    text = (
        "groups: {a: {url: webcam}, b: {url-file: gate.url}}\ncameras: {x: {group: a}, y: {group: b, url: webcam:1}, "
    )
    plans = read(tmp_path, text + "z: {group: a, url-file: gate.url}}").plans()
    assert {name: plan.url for name, plan in plans.items()} == {"x": "webcam", "y": "webcam:1", "z": "webcam:7"}


def test_a_pace_replaces_that_of_the_group(tmp_path: Path) -> None:
    """Frames a second and seconds a frame are two words for one thing."""
    text = "defaults: {fps: 2}\ngroups: {slow: {interval: 10}}\ncameras: {x: {url: webcam, interval: 4}, "
    plans = read(tmp_path, text + "y: {url: webcam, group: slow}, z: {url: webcam, group: slow, fps: 5}}").plans()
    assert {name: plan.fps for name, plan in plans.items()} == {"x": 0.25, "y": 0.1, "z": 5}


def test_the_same_file_gives_equal_plans(tmp_path: Path) -> None:
    """Only what has changed is begun anew."""
    text = FILE.replace("  gate-1: {url-file: secrets/gate.url, quality: 80}\n", "")
    first = read(tmp_path, text).plans()
    changed = read(tmp_path, text.replace("webcam", "webcam:1")).plans()
    assert read(tmp_path, text).plans() == first
    assert [name for name in first if first[name] != changed[name]] == ["yard"]


def test_cameras_of_one_url_are_a_doubt_and_no_error(tmp_path: Path) -> None:
    """Two looks at one camera may be meant; the address is not repeated."""
    fleet = read(tmp_path, "cameras: {a: {url: webcam}, b: {url: webcam}, c: {url: webcam:1}}").fleet()
    assert fleet is not None
    assert fleet.doubts == ("a, b: the same url",)


ONE = "cameras: {porch: {url: webcam"
SECRET = "horse-battery"
WRONG = {
    "no camera": ("cameras: {}", "cameras: none there, expected at least one"),
    "nothing": ("cameras:", "cameras: expected a map, not nothing"),
    "a list": ("cameras: [webcam]", "cameras: expected a map, not list"),
    "no map": ("cameras: {porch: webcam}", "porch: expected a map, like {url: ADDRESS}, not text"),
    "no url": ("cameras: {porch: {fps: 1}}", "porch: expected url:"),
    "groups alone": ("groups: {a: {fps: 1}}", "groups: expected cameras: beside it"),
    "unknown key": (ONE + ", fsp: 1}}", "porch, unknown setting 'fsp': fps?"),
    "unknown key of a group": (ONE + "}}\ngroups: {a: {lop: true}}", "groups, a, unknown setting 'lop': loop?"),
    "a group in a group": (ONE + "}}\ngroups: {a: {group: b}}", "groups, a, unknown setting 'group'"),
    "unknown part": (ONE + "}}\ngroup: {a: {fps: 1}}", "unknown setting 'group': groups?"),
    "cameras misspelt": ("camera: {porch: {url: webcam}}", "unknown setting 'camera': cameras?"),
    "unknown group": (
        ONE + ", group: nigth}}\ngroups: {night: {fps: 1}}",
        "porch, group 'nigth': no such group: night?",
    ),
    "a number": (ONE + ", fps: fast}}", "porch, fps 'fast': expected a valid number"),
    "too small": (ONE + ", fps: 0}}", "porch, fps '0': expected greater than 0"),
    "no truth": (ONE + ", loop: 1}}", "porch, loop '1': expected true or false"),
    "in the defaults": (ONE + "}}\ndefaults: {quality: 101}", "defaults, quality '101': expected less than"),
    "resize": (ONE + ", resize: 7x}}", "porch, resize: '7x', expected 640x360"),
    "name": ("cameras: {a b: {url: webcam}}", "cameras, 'a b': expected letters, digits"),
    "name on": ("cameras: {on: {url: webcam}}", "cameras, True: expected a name: put it in quotes"),
    "name 7": ("cameras: {7: {url: webcam}}", "cameras, 7: expected a name: put it in quotes"),
    "name 5:00": ("cameras: {5:00: {url: webcam}}", "cameras, 300: expected a name: put it in quotes"),
    "twice": ("cameras:\n  a: {url: webcam}\n  a: {url: webcam:1}", "'a' is there twice"),
    "key twice": (ONE + ", url-file: a, url_file: b}}", "porch, 'url-file' is there twice"),
    "5:00": (ONE + ", timezone: UTC, active: 5:00}}", "porch, active '300': expected it in quotes"),
    "22:30 in a list": (ONE + ", timezone: UTC, active: [22:30]}}", "porch, active '[1350]': expected text or a list"),
    "speed 1:30": (ONE + ", speed: 1:30}}", "porch, speed '90': expected it in quotes: without them a time like 5:00"),
    "every 5:00": (
        ONE + ", timezone: UTC, schedules: {noon: {active: '12:00-13:00', every: 5:00}}}}",
        "porch, schedules, noon, every: expected whole seconds",
    ),
    "active off": (ONE + ", timezone: UTC, active: off}}", "porch, active 'False': expected text or a list"),
    "half a window": (ONE + ', timezone: UTC, active: "18:00"}}', "porch, active 1: expected text like"),
    "no zone": (ONE + ', active: "18:00-06:00"}}', "porch, timezone: expected one beside active"),
    "unknown zone": (ONE + ', active: "18:00-06:00", timezone: Berlin}}', "porch, timezone: expected a name like"),
    "unknown zone that nothing uses": (ONE + ", timezone: Berlin}}", "porch, timezone: expected a name like"),
    "two paces": (ONE + ", fps: 2, interval: 3}}", "porch, interval 3: expected it without --fps 2"),
    "scheme": (f"cameras: {{porch: {{url: 'gopher://u:{SECRET}@h/'}}}}", "porch, url: gopher: is no source"),
    "port": (f"cameras: {{porch: {{url: 'rtsp://u:{SECRET}@h:x/'}}}}", "porch, url: no host or"),
    "url as a list": (f"cameras: {{porch: {{url: [{SECRET}]}}}}", "porch, url: expected text"),
    "a secret as a key": (f"cameras: {{porch: {{'url {SECRET}': 1}}}}", "porch, unknown setting (no name of one)"),
    "url file": (ONE.replace("url: webcam", "url-file: away") + "}}", "porch, url-file"),
    "no YAML": (f"cameras: {{porch: {{url: {SECRET}", "expected readable YAML"),
    "empty": ("", "expected a map of settings"),
}


@pytest.mark.parametrize(("text", "said"), WRONG.values(), ids=WRONG.keys())
def test_a_slip_is_one_line_that_names_file_camera_and_key(text: str, said: str, tmp_path: Path) -> None:
    """With what came and what was expected, and without a secret."""
    with pytest.raises(SettingsError) as refused:
        read(tmp_path, text)
    line = str(refused.value)
    assert line.startswith(f"--config {tmp_path / 'cameras.yaml'}: ")
    assert said in line
    assert "\n" not in line
    assert SECRET not in line


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["webcam"], "url: not beside cameras: of "),
        (["-n", "porch"], "name: not beside cameras: of "),
        (["--fps", "5"], "fps: not beside cameras: of "),
        (["--workers", "2", "-t", "-"], "--workers 2: expected a topic"),
        (["--shard", "0/3"], "expected a part and their number, like 1/3"),
    ],
)
def test_what_a_camera_is_given_stands_in_one_place(flags: list[str], said: str, tmp_path: Path) -> None:
    """Flags of one camera would count for all or for none: nobody could say which."""
    with pytest.raises(SettingsError, match=said):
        read(tmp_path, ONE + "}}", *flags)


@pytest.mark.parametrize("variable", ["URL", "WEBCAM", "FRAMEBUS_URL", "FRAMEBUS_NAME", "FRAMEBUS_LOOP"])
def test_variables_of_one_camera_are_refused_too(
    variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the name of the variable."""
    monkeypatch.setenv(variable, "1")
    with pytest.raises(SettingsError, match=f"^{variable}: not beside cameras:"):
        read(tmp_path, ONE + "}}")


@pytest.mark.parametrize("flags", [["--workers", "2"], ["--shard", "1/2"]])
def test_what_shares_cameras_wants_a_file_of_them(flags: list[str], tmp_path: Path) -> None:
    """One camera cannot be shared."""
    with pytest.raises(SettingsError, match=f"^{flags[0]}: unused without cameras:"):
        read(tmp_path, "fps: 1\nurl: webcam", *flags)


@pytest.mark.parametrize("machines", [1, 2, 3, 7])
def test_each_camera_is_in_one_shard_and_stays_there(machines: int) -> None:
    """Whatever else stands in the file; no shard is far from its share."""
    names = [f"camera-{number}" for number in range(300)]
    shards = [parse_shard(f"{number}/{machines}") for number in range(1, machines + 1)]
    found = [[name for name in names if shard.has(name)] for shard in shards]
    assert sorted(name for part in found for name in part) == sorted(names)
    assert min(map(len, found)) > 300 / machines * 0.7


def test_a_machine_has_its_shard_of_the_file_alone(tmp_path: Path) -> None:
    """It may be empty."""
    text = "cameras: {a: {url: webcam}, b: {url: webcam:1}, c: {url: webcam:2}}"
    found = [list(read(tmp_path, text, "--shard", f"{number}/5").plans()) for number in range(1, 6)]
    assert sorted(name for part in found for name in part) == ["a", "b", "c"]


@pytest.mark.parametrize("text", ["", "1", "0/1", "2/1", "1/0", "a/b", "1/1000", "-1/3", "1/3/5"])
def test_a_shard_that_is_none_is_refused(text: str) -> None:
    """K of N, from 1."""
    with pytest.raises(ValueError, match="like 1/3"):
        parse_shard(text)
