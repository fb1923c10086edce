"""Coming in, going out, and being kept out."""

from collections.abc import Callable

import pytest

from libs.common.errors import SettingsError
from libs.common.testing import FakeClock
from services.viewer.access import User
from services.viewer.account import Account, generated_password
from services.viewer.sessions import Sessions
from tests.viewer.conftest import ORIGIN, Site


def test_a_stranger_is_led_to_the_login(site: Site) -> None:
    """And gets nothing else."""
    stranger = site.browser(logged_in=False)
    answer = stranger.get("/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/login")
    assert stranger.get("/session").status_code == 401
    assert stranger.get("/no-such-page").status_code == 401


def test_name_and_password_open_the_door(site: Site) -> None:
    """The cookie is out of reach for scripts and other sites."""
    browser = site.browser(logged_in=False)
    form = {"username": "viewer", "password": "right horse"}
    answer = browser.post("/login", data=form, headers=ORIGIN)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert browser.get("/").status_code == 200
    assert browser.get("/session").status_code == 204
    assert browser.get("/login").status_code == 302


def test_the_cookie_is_secure_under_tls(make_site: Callable[..., Site]) -> None:
    """It never travels in the clear then."""
    site = make_site(tls=True, origins=("https://cams.example",))
    form = {"username": "viewer", "password": "right horse"}
    answer = site.app.test_client().post("/login", data=form, headers={"Origin": "https://cams.example"})
    assert "; Secure" in answer.headers["Set-Cookie"]


@pytest.mark.parametrize(
    ("name", "password"), [("viewer", "wrong"), ("nobody", "right horse"), ("", ""), ("viewer", ""), ("é", "\u2603")]
)
def test_wrong_names_and_passwords_get_the_same_answer(site: Site, name: str, password: str) -> None:
    """Nothing tells which of the two was wrong."""
    browser = site.browser(logged_in=False)
    answer = browser.post("/login", data={"username": name, "password": password}, headers=ORIGIN)
    assert answer.status_code == 401
    assert "Name or password is wrong." in answer.text
    assert browser.get("/session").status_code == 401


def test_the_name_comes_back_without_its_markup(site: Site) -> None:
    """What was typed is shown again as text."""
    form = {"username": '"><script>alert(1)</script>', "password": "x"}
    answer = site.browser(logged_in=False).post("/login", data=form, headers=ORIGIN)
    assert "<script>alert" not in answer.text


def test_guessing_is_slowed_and_the_right_password_does_not_help_then(site: Site) -> None:
    """After five within a minute the address waits; then it may try again."""
    browser = site.browser(logged_in=False)
    assert [site.log_in(browser, password="wrong") for _ in range(6)] == [401] * 5 + [429]
    site.clock.advance(20)
    answer = browser.post("/login", data={"username": "viewer", "password": "right horse"}, headers=ORIGIN)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "40")
    site.clock.advance(40)
    assert site.log_in(browser) == 303


def test_other_addresses_are_not_slowed(site: Site) -> None:
    """One guesser does not lock the others out."""
    browser = site.browser(logged_in=False)
    for _ in range(6):
        site.log_in(browser, password="wrong")
    form = {"username": "viewer", "password": "right horse"}
    elsewhere = browser.post("/login", data=form, headers=ORIGIN, environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert elsewhere.status_code == 303


def test_a_link_to_a_camera_leads_there_through_the_login(site: Site) -> None:
    """The form keeps its name, also when the password was wrong; who is logged in goes straight there."""
    browser = site.browser(logged_in=False)
    answer = browser.get("/?camera=porch")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/login?camera=porch")
    assert 'name="camera" value="porch"' in browser.get("/login?camera=porch").text
    form = {"username": "viewer", "password": "wrong", "camera": "porch"}
    assert 'name="camera" value="porch"' in browser.post("/login", data=form, headers=ORIGIN).text
    answer = browser.post("/login", data=form | {"password": "right horse"}, headers=ORIGIN)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/?camera=porch")
    assert browser.get("/login?camera=porch").headers["Location"] == "/?camera=porch"


@pytest.mark.parametrize("camera", ["//evil.example", "https://evil.example", '"><script>', "a b", "x" * 65, "a\r\nb"])
def test_what_is_no_name_of_a_camera_is_not_carried_through_the_login(site: Site, camera: str) -> None:
    """Nothing but a name comes back to the page or into an address."""
    browser = site.browser(logged_in=False)
    answer = browser.get("/", query_string={"camera": camera})
    assert answer.headers["Location"] == "/login"
    assert 'name="camera"' not in browser.get("/login", query_string={"camera": camera}).text
    form = {"username": "viewer", "password": "right horse", "camera": camera}
    assert browser.post("/login", data=form, headers=ORIGIN).headers["Location"] == "/"


@pytest.mark.parametrize("origin", [None, "null", "http://evil.example", "https://localhost", "http://localhost:81"])
@pytest.mark.parametrize("path", ["/login", "/logout"])
def test_posts_from_other_pages_are_refused(site: Site, origin: str | None, path: str) -> None:
    """Saying nothing about where one comes from is not enough either."""
    browser = site.browser()
    answer = browser.post(path, headers={"Origin": origin} if origin else {})
    assert answer.status_code == 403
    assert browser.get("/session").status_code == 204


def test_logging_out_ends_the_session_everywhere(site: Site) -> None:
    """A copy of the cookie is worth nothing afterwards, and open sockets close."""
    browser, thief = site.browser(), site.browser(logged_in=False)
    cookie = browser.get_cookie("framebus")
    assert cookie is not None
    thief.set_cookie("framebus", cookie.value)
    socket = site.socket(thief)
    assert socket.is_connected()
    assert browser.post("/logout", headers=ORIGIN).headers["Location"] == "/login"
    assert thief.get("/session").status_code == 401
    assert not socket.is_connected()


def test_a_session_ends_after_a_week(site: Site) -> None:
    """Whoever was forgotten logged in is asked again."""
    browser = site.browser()
    site.clock.advance(7 * 86_400)
    assert browser.get("/session").status_code == 401


def test_the_oldest_session_ends_when_there_are_too_many() -> None:
    """Memory is bounded."""
    sessions = Sessions(FakeClock(), limit=2)
    tokens = [sessions.open(User("viewer", frozenset())) for _ in range(3)]
    assert [sessions.alive(token) for token in tokens] == [False, True, True]


def test_a_cookie_of_another_start_is_worth_nothing(make_site: Callable[..., Site]) -> None:
    """The key is new at each start."""
    before, after = make_site(), make_site()
    cookie = before.browser().get_cookie("framebus")
    assert cookie is not None
    browser = after.app.test_client()
    browser.set_cookie("framebus", cookie.value)
    assert browser.get("/session").status_code == 401


@pytest.mark.parametrize("place", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_the_login_leads_nowhere_else(site: Site, place: str) -> None:
    """There is no parameter that says where to go."""
    browser = site.browser(logged_in=False)
    assert browser.get(f"/?next={place}").headers["Location"] == "/login"
    form = {"username": "viewer", "password": "right horse", "next": place}
    answer = browser.post("/login", query_string={"next": place}, data=form, headers=ORIGIN)
    assert answer.headers["Location"] == "/"


def test_a_huge_form_is_refused(site: Site) -> None:
    """Before it is read into memory."""
    form = {"username": "viewer", "password": "x" * 100_000}
    assert site.browser(logged_in=False).post("/login", data=form, headers=ORIGIN).status_code == 413


def test_a_login_without_a_password_is_no_login(make_site: Callable[..., Site]) -> None:
    """An empty password is refused at the start."""
    with pytest.raises(SettingsError, match="password"):
        make_site(password="")


def test_without_a_login_the_address_must_be_known(make_site: Callable[..., Site]) -> None:
    """A stranger's name that is made to point here (DNS rebinding) opens nothing."""
    browser = make_site(login=False, password="", origins=("http://cams.example",)).app.test_client()
    hosts = ("localhost", "127.0.0.1:5000", "[::1]:5000", "cams.example", "evil.example", "")
    answers = {host: browser.get("/", headers={"Host": host}).status_code for host in hosts}
    assert answers == {
        "localhost": 200,
        "127.0.0.1:5000": 200,
        "[::1]:5000": 200,
        "cams.example": 200,
        "evil.example": 403,
        "": 403,
    }


def test_generated_passwords_differ_and_can_be_typed() -> None:
    """Three groups of four."""
    made = {generated_password() for _ in range(100)}
    assert len(made) == 100
    assert all(len(one) == 14 and one.count("-") == 2 for one in made)


def test_the_password_is_not_kept(site: Site) -> None:
    """Neither in the account nor in what the options say about themselves."""
    account = Account("viewer", "right horse")
    assert "right horse" not in str(vars(account))
    assert "right horse" not in repr(site.options)
