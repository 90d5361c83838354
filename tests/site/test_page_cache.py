"""The page cache: whose page is served, and when the view is called again."""

import gzip
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from people.models import Notice, Person, Program, User
from scheduler_site import caching
from scheduler_site.redis_cache import breaker
from scheduling.models import Inquiry
from scheduling.views import grids
from tests.factories import Wards, make_person, make_program, make_user, make_wards
from tests.pages.conftest import NOON, sign_in
from tests.site.pages_kept import HOME, MONTH, coordinator, counts, person_with_account, reader, written

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOON)


@pytest.fixture
def wards() -> Wards:
    return make_wards()


@pytest.fixture
def owner(wards: Wards) -> Client:
    return coordinator(wards)


@pytest.fixture
def colleague(wards: Wards) -> Client:
    return person_with_account(wards.people[0], "colleague")


def test_a_page_is_made_once(owner: Client) -> None:
    with counts(miss=1, hit=1):
        first, second = owner.get(MONTH), owner.get(MONTH)
    assert first.content == second.content
    for response in (first, second):
        assert response["Cache-Control"] == "private, no-cache"
        assert response["Vary"] == (
            "Accept-Encoding, Cookie, HX-Request, HX-Target, HX-Boosted, HX-History-Restore-Request"
        )
        assert response["ETag"] == first["ETag"]
        assert response["Content-Type"] == "text/html; charset=utf-8"
        assert response["X-Frame-Options"] == "DENY"
        assert "default-src 'self'" in response["Content-Security-Policy"]
    assert not second.cookies


def test_who_has_the_page_is_told_so_without_the_view(owner: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    etag = owner.get(MONTH)["ETag"]
    cache.clear()
    monkeypatch.setattr(grids, "open_program", None)  # the view would fail
    for asked in (etag, f'"of-another-page", {etag}'):
        with counts(not_modified=1):
            response = owner.get(MONTH, headers={"If-None-Match": asked})
        assert (response.status_code, response.content, response["ETag"]) == (304, b"", etag)
        assert response["Cache-Control"] == "private, no-cache"


def test_what_was_written_is_shown(wards: Wards, owner: Client) -> None:
    etag = owner.get(MONTH)["ETag"]
    written(wards)
    coordinator(wards, "another")
    with counts(miss=1):
        response = owner.get(MONTH, headers={"If-None-Match": etag})
    assert response.status_code == 200
    assert response["ETag"] != etag


def test_what_another_program_has_written_is_none_of_its_business(owner: Client) -> None:
    owner.get(MONTH)
    written(make_wards(1, name="Surgery"))
    with counts(hit=1):
        owner.get(MONTH)


def test_everybody_has_a_page_of_their_own(wards: Wards, owner: Client, colleague: Client) -> None:
    chief = person_with_account(wards.people[1], "chief")
    Person.objects.filter(pk=wards.people[1].pk).update(is_chief=True)
    stranger = reader(make_user("stranger", User.Role.COORDINATOR, programs=(make_program("Surgery"),)))
    pages = {}
    with counts(miss=3, hit=3, bypass=2):
        for name, client in {"owner": owner, "colleague": colleague, "chief": chief, "stranger": stranger}.items():
            answers = [client.get(MONTH), client.get(MONTH)]
            assert answers[0].content == answers[1].content or name == "stranger"
            pages[name] = answers[1]
    assert [pages[name].status_code for name in pages] == [200, 200, 200, 404]
    for name in ("owner", "colleague", "chief"):
        html = pages[name].content.decode()
        assert f'<span class="cut">{name}</span>' in html
        assert ("Versions</a>" in html) == (name != "colleague")


def test_an_etag_of_somebody_else_is_worth_nothing(owner: Client, colleague: Client) -> None:
    etag = owner.get(MONTH)["ETag"]
    assert colleague.get(MONTH, headers={"If-None-Match": etag}).status_code == 200


def test_who_signs_in_next_in_a_browser_sees_their_own(wards: Wards, owner: Client) -> None:
    etag = owner.get(MONTH)["ETag"]
    owner.post("/sign-out/")
    assert owner.get(MONTH, headers={"If-None-Match": etag}).status_code == 302
    owner.force_login(make_user("next", User.Role.COORDINATOR, programs=(wards.program,)))
    response = owner.get(MONTH, headers={"If-None-Match": etag})
    assert response.status_code == 200
    assert '<span class="cut">next</span>' in response.content.decode()


def test_a_cookie_of_before_the_sign_out_is_worth_nothing_once_redis_answers_again(owner: Client) -> None:
    owner.get(MONTH)
    with counts(hit=1):
        owner.get(MONTH)
    key = owner.cookies["sessionid"].value
    breaker.exception("gone")
    try:
        owner.post("/sign-out/")
    finally:
        breaker.reset()
    owner.cookies["sessionid"] = key
    assert [owner.get(page).status_code for page in (MONTH, "/password/", MONTH)] == [302] * 3


def test_what_was_written_behind_the_services_backs_is_seen_after_a_while(
    wards: Wards, owner: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    etag = owner.get(MONTH)["ETag"]
    Person.objects.filter(pk=wards.people[0].pk).update(name="Newname")
    monkeypatch.setattr(timezone, "now", lambda: NOON + timedelta(seconds=601))
    response = owner.get(MONTH, headers={"If-None-Match": etag})
    assert response.status_code == 200
    assert response["ETag"] != etag
    assert "Newname" in response.content.decode()


def test_nobody_signed_in_gets_nothing(owner: Client) -> None:
    etag = owner.get(MONTH)["ETag"]
    with counts(bypass=1):
        response = Client().get(MONTH, headers={"If-None-Match": etag})
    assert response.status_code == 302


def test_who_may_no_longer_sign_in_gets_nothing(owner: Client) -> None:
    owner.get(MONTH)
    User.objects.filter(username="owner").update(is_active=False)
    assert owner.get(MONTH).status_code == 302


def test_a_password_set_elsewhere_ends_the_session(owner: Client) -> None:
    owner.get(MONTH)
    user = User.objects.get(username="owner")
    user.set_password("another")
    user.save()
    assert owner.get(MONTH).status_code == 302


def test_who_has_left_the_program_no_longer_sees_it(wards: Wards, owner: Client) -> None:
    assert owner.get(MONTH).status_code == 200
    wards.program.coordinators.clear()
    with counts(bypass=1):
        assert owner.get(MONTH).status_code == 404


def test_who_becomes_chief_sees_more(wards: Wards, colleague: Client) -> None:
    assert "Versions</a>" not in colleague.get(MONTH).content.decode()
    Person.objects.filter(pk=wards.people[0].pk).update(is_chief=True)
    assert "Versions</a>" in colleague.get(MONTH).content.decode()


def test_who_has_another_name_or_another_program_sees_it(wards: Wards, owner: Client) -> None:
    owner.get(MONTH)
    user = User.objects.get(username="owner")
    User.objects.filter(pk=user.pk).update(last_name="Newname")
    assert "Newname</span>" in owner.get(MONTH).content.decode()
    surgery = make_program("Surgery")
    user.programs.add(surgery)
    assert ">Surgery</a>" in owner.get(MONTH).content.decode()
    Program.objects.filter(pk=surgery.pk).update(name="General Surgery")
    assert ">General Surgery</a>" in owner.get(MONTH).content.decode()


def test_unread_notices_are_counted(wards: Wards, owner: Client) -> None:
    owner.get(MONTH)
    user = User.objects.get(username="owner")
    notice = Notice.objects.create(user=user, program=wards.program, subject="Something", url="/")
    assert 'class="count">1<span class="vh"> unread' in owner.get(MONTH).content.decode()
    owner.post(f"/notices/{notice.pk}/read/")
    assert "unread" not in owner.get(MONTH).content.decode()


def test_a_fragment_is_never_served_for_a_page(owner: Client) -> None:
    parts = [{}, {"HX-Request": "true"}, {"HX-Request": "true", "HX-Target": "main"}, {"HX-Boosted": "true"}]
    with counts(miss=4, hit=4):
        etags = [owner.get(MONTH, headers=part)["ETag"] for part in parts * 2]
    assert etags[:4] == etags[4:]
    assert len(set(etags)) == 4


def test_what_is_asked_for_decides_not_its_order(owner: Client) -> None:
    with counts(miss=2, hit=1):
        for asked in ("", "?level=1&rotation=WA", "?rotation=WA&level=1"):
            owner.get(MONTH + asked)


def test_a_message_is_shown_once(wards: Wards, owner: Client) -> None:
    owner.post(f"{HOME}schedules/1/copy/", {"note": ""})
    coordinator(wards, "another")  # who has the problems counted
    with counts(bypass=1, miss=1, hit=1):
        said = ["Draft 2 is made" in owner.get(MONTH).content.decode() for _ in range(3)]
    assert said == [True, False, False]


def test_the_first_page_of_a_browser_is_not_kept(wards: Wards) -> None:
    client = sign_in(make_user("owner", User.Role.COORDINATOR, programs=(wards.program,)))
    with counts(bypass=1):
        response = client.get(MONTH)
    assert "csrftoken" in response.cookies
    assert not response.has_header("ETag")


@pytest.mark.parametrize("again", [False, True])
def test_a_form_of_a_kept_page_can_be_sent(wards: Wards, again: bool) -> None:
    coordinator(wards)
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.get(username="owner"))
    client.get("/notices/")
    client.get(MONTH)
    if again:  # signing in changes the secret
        token = client.get("/password/").context["csrf_token"]
        client.post("/sign-out/", {"csrfmiddlewaretoken": str(token)})
        client.get("/sign-in/")
        client.post(
            "/sign-in/",
            {"username": "owner", "password": "password", "csrfmiddlewaretoken": client.cookies["csrftoken"].value},
        )
        client.get(MONTH)
    with counts(hit=1):
        html = client.get(MONTH).content.decode()
    token = html.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    assert client.post("/notices/read/", {"csrfmiddlewaretoken": token}).status_code == 302


def test_head_is_answered_from_what_is_kept_and_keeps_nothing(owner: Client) -> None:
    with counts(miss=2, hit=1):
        assert owner.head(MONTH).status_code == 200
        etag = owner.get(MONTH)["ETag"]
        response = owner.head(MONTH)
    assert (response.status_code, response["ETag"], response.content) == (200, etag, b"")


def test_pages_are_packed_for_who_takes_them_so(owner: Client) -> None:
    plain = owner.get(MONTH)
    packed = owner.get(MONTH, headers={"Accept-Encoding": "gzip, br"})
    assert not plain.has_header("Content-Encoding")
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert int(packed["Content-Length"]) == len(packed.content) < len(plain.content) / 3


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [
        ("gzip;q=0", False),
        ("br, GZIP ; q=0.000, identity", False),
        ("gzip;q=0,*", False),
        ("gzip;q=0.5", True),
        ("gzip;q=0.01, br;q=0", True),
        ("br;q=0, gzip", True),
    ],
)
def test_who_refuses_what_is_packed_gets_it_plain(owner: Client, accepted: str, packed: bool) -> None:
    for _ in range(2):
        answer = owner.get(MONTH, headers={"Accept-Encoding": accepted})
        assert answer.has_header("Content-Encoding") is packed


def test_whoever_has_any_page_is_told_that_there_is_one(owner: Client) -> None:
    with counts(miss=1, not_modified=1):
        assert owner.get(MONTH, headers={"If-None-Match": "*"}).status_code == 200
        assert owner.get(MONTH, headers={"If-None-Match": " * "}).status_code == 304


def test_the_length_of_a_packed_page_says_little(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len({len(caching.pack(b"the same")) for _ in range(100)}) > 10


def test_midnight_in_the_programs_zone(owner: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    last = NOON + timedelta(hours=11, minutes=59)
    monkeypatch.setattr(timezone, "now", lambda: last)
    owner.get(MONTH)
    with counts(hit=1):
        assert "printed Tue 3 Nov" in owner.get(MONTH).content.decode()
    monkeypatch.setattr(timezone, "now", lambda: last + timedelta(minutes=1))
    with counts(miss=1):
        assert "printed Wed 4 Nov" in owner.get(MONTH).content.decode()


def test_pages_of_the_moment_are_kept_for_its_minute(colleague: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    with counts("on-call", miss=1, hit=1):
        colleague.get(f"{HOME}on-call/")
        monkeypatch.setattr(timezone, "now", lambda: NOON + timedelta(seconds=59))
        colleague.get(f"{HOME}on-call/")
    monkeypatch.setattr(timezone, "now", lambda: NOON + timedelta(seconds=60))
    with counts("on-call", miss=1):
        colleague.get(f"{HOME}on-call/")


def test_another_release_makes_its_own_pages(owner: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    etag = owner.get(MONTH)["ETag"]
    monkeypatch.setattr(caching, "release", lambda: "next")
    with counts(miss=1):
        assert owner.get(MONTH, headers={"If-None-Match": etag}).status_code == 200


def test_ones_own_month_is_of_ones_own_program(wards: Wards, colleague: Client) -> None:
    with counts("my-schedule", miss=2, hit=1):
        colleague.get("/my/")
        colleague.get("/my/")
        written(wards)
        colleague.get("/my/")
    nobody = reader(make_user("nobody", User.Role.COORDINATOR, programs=(wards.program,)))
    with counts("my-schedule", bypass=1):
        assert nobody.get("/my/").status_code == 200


def test_a_post_is_never_answered_from_what_is_kept(owner: Client) -> None:
    owner.get(MONTH)
    with counts():
        assert owner.post(MONTH).status_code == 405


def test_problems_that_are_not_known_yet_are_not_kept(wards: Wards, owner: Client) -> None:
    make_person(wards.program, "Somebody", 1)
    written(wards)
    with counts(miss=2):
        assert not owner.get(MONTH).has_header("ETag")
        owner.get(MONTH)
    coordinator(wards, "another")  # who has them counted
    with counts(miss=1, hit=1):
        owner.get(MONTH)
        owner.get(MONTH)


def test_without_redis_pages_are_made_each_time(colleague: Client, settings: Settings) -> None:
    """What the browser has is still known: that takes the database alone."""
    breaker.reset()
    settings.CACHES = {
        "default": {
            "BACKEND": "scheduler_site.redis_cache.Cache",
            "LOCATION": "redis://127.0.0.1:1/0",
            "OPTIONS": {"IGNORE_EXCEPTIONS": True},
        }
    }
    with counts(miss=2, not_modified=1):
        pages = [colleague.get(MONTH) for _ in range(2)]
        assert colleague.get(MONTH, headers={"If-None-Match": pages[0]["ETag"]}).status_code == 304
    assert [page.status_code for page in pages] == [200, 200]
    breaker.reset()


def test_while_a_job_is_under_way_its_pages_are_made_each_time(wards: Wards, owner: Client) -> None:
    page = f"{HOME}schedules/1/"
    job = Inquiry.objects.create(schedule=wards.schedule, kind=Inquiry.Kind.REPAIR, revision=1)
    with counts("schedule", bypass=1):
        waiting = owner.get(page).content
    Inquiry.objects.filter(pk=job.pk).update(status="succeeded")
    with counts("schedule", miss=1, hit=1):
        answered = [owner.get(page).content for _ in range(2)]
    assert [b">0 %<" in each for each in (waiting, *answered)] == [True, False, False]


def test_who_looks_at_two_programs_sees_each(wards: Wards) -> None:
    other = make_wards(1, name="Surgery")
    both = reader(make_user("both", User.Role.COORDINATOR, programs=(wards.program, other.program)))
    for each in (wards, other) * 2:
        html = both.get(f"/p/{each.program.slug}/people/").content.decode()
        assert f'<span class="cut">{each.program.name}</span></summary>' in html


def test_where_templates_change_under_the_site_nothing_is_kept(settings: Settings) -> None:
    settings.DEBUG = True
    with pytest.raises(MiddlewareNotUsed):
        caching.PageCache(lambda _: HttpResponse())
