"""The frame of every page: remembered by all that it shows, so the same as if it were made each time, and nobody's but
one's own."""

import re

import pytest
from django.core.cache import cache
from django.template import Context, Template, TemplateSyntaxError
from django.test import Client

from people.models import Notice, Program, User
from people.notices import tell
from people.templatetags import site
from tests.factories import make_person, make_program, make_user
from tests.pages.conftest import sign_in

HOME = "/p/internal-medicine/"
SCHEDULERS = ["", "people/", "month/2026-11/", "year/", "requests/", "on-call/", "setup/", "schedules/"]
LISTS = ["?sort=-level&name=Res", "?level=0", "?name=Nobody", "?type=resident&page=1"]
OWN = ["/my/", "/notices/", "/notices/choices/", "/password/", f"{HOME}month/2026-11/", f"{HOME}requests/"]


def page(client: Client, address: str) -> str:
    """Its HTML, whatever its status, but for what is another each time."""
    cache.clear()
    return re.sub(r'name="csrfmiddlewaretoken" value="\w{64}"', "", client.get(address).content.decode())


def header(client: Client, address: str) -> str:
    return page(client, address).split("<header")[1].split("</header>")[0]


@pytest.fixture
def everybody(wards, owner, colleague, stranger):
    """Who reads pages, each with their addresses: one is told of something, one has many programs."""
    Notice.objects.all().delete()
    tell(users=[wards.people[0].user], program=wards.program, kind=Notice.Kind.REQUEST, subject="You", url="/my/")
    wards.people[1].user, wards.people[1].is_chief = make_user("chief"), True
    wards.people[1].save()
    admin = make_user("admin", User.Role.ADMIN)
    admin.is_staff = True
    admin.save()
    for number in range(12):
        make_program(f"Program {number:02}")
    addresses = [HOME + each for each in SCHEDULERS]
    return [
        (owner, [*addresses, *(f"{HOME}people/{each}" for each in LISTS), "/my/", "/notices/", "/nowhere/"]),
        (colleague, [*OWN, HOME]),
        (sign_in(wards.people[1].user), [HOME, "/my/", "/notices/"]),
        (sign_in(admin), [HOME, "/", "/notices/"]),
        (stranger, ["/my/", "/password/", HOME]),
        (Client(), ["/sign-in/", "/password/reset/", "/nowhere/"]),
    ]


def test_it_is_what_it_would_be_if_it_were_made_each_time(everybody, monkeypatch):
    visits = [(client, address) for client, addresses in everybody for address in addresses]
    first = [page(client, address) for client, address in visits]
    remembered = [page(client, address) for client, address in visits]
    monkeypatch.setattr(site._Once, "render", lambda self, context: self.nodelist.render(context))
    plain = [page(client, address) for client, address in visits]
    assert first == plain
    assert remembered == plain


def test_nobody_sees_the_frame_of_another(everybody):
    """Each sees their own name, and their own notices counted, also straight after somebody else in the same place."""
    names = ["owner", "colleague", "chief", "admin", "stranger"]
    for _ in range(2):
        headers = [header(client, "/notices/") for client, _ in everybody[:5]]
        assert [re.findall(r'<p class="who"><b>(\w+)</b>', each) for each in headers] == [[name] for name in names]
        assert [("unread" in each) for each in headers] == [False, True, False, False, False]
        assert [("Administration" in each) for each in headers] == [False, False, False, True, False]
    assert 'class="who"' not in header(everybody[5][0], "/sign-in/")


@pytest.mark.parametrize(
    ("change", "before", "after"),
    [
        (
            lambda wards, user: User.objects.filter(pk=user.pk).update(first_name="Ada"),
            "<b>colleague</b>",
            "<b>Ada</b>",
        ),
        (
            lambda wards, user: User.objects.filter(pk=user.pk).update(role="faculty"),
            "</b>resident</p>",
            "</b>faculty</p>",
        ),
        (lambda wards, user: User.objects.filter(pk=user.pk).update(is_staff=True), "", "Administration"),
        (lambda wards, user: Program.objects.update(name="Surgery"), ">Internal Medicine</a>", ">Surgery</a>"),
        (lambda wards, user: wards.program.people.update(is_chief=True), "</b>resident</p>", "</b>resident, chief</p>"),
        (lambda wards, user: wards.program.people.update(is_chief=True), ">Program schedule</a>", ">Setup</a>"),
        (lambda wards, user: user.programs.add(make_program("Other")), "", ">Other</a>"),
        (lambda wards, user: user.notices.create(program=wards.program, url="/"), "", "1<span"),
    ],
    ids=["name", "role", "staff", "program", "chief", "rights", "programs", "notices"],
)
def test_what_changes_is_shown_at_once(change, before, after, wards, colleague):
    old = header(colleague, "/my/2026-11/")
    change(wards, wards.people[0].user)
    new = header(colleague, "/my/2026-11/")
    assert before in old
    assert after not in old
    assert after in new
    assert not before or before not in new


def test_requests_that_wait_are_counted(wards, owner):
    assert "open</span>" not in header(owner, HOME)
    wards.people[0].absences.create(start_date="2026-11-20", end_date="2026-11-21", kind="vacation", status="requested")
    assert '1<span class="vh"> open</span>' in header(owner, HOME)


def test_where_one_is_is_lit(owner):
    lit = [re.findall(r'aria-current="page">(\w+)', header(owner, HOME + each)) for each in SCHEDULERS]
    assert lit == [["Today"], ["People"], ["Schedule"], ["Schedule"], ["Requests"], ["Who"], ["Setup"], ["Schedule"]]


def test_a_message_is_shown_once(wards, owner):
    owner.post(f"{HOME}schedules/new/", {"academic_year": wards.year.pk})
    notices = [page(owner, f"{HOME}people/").split('aria-live="polite">')[1].split("</div>")[0] for _ in range(2)]
    assert [each.count("<p class=") for each in notices] == [1, 0]


def test_each_form_has_a_token_that_is_taken(wards):
    make_person(wards.program, "Dr. Teacher", None, user=make_user("teacher", User.Role.FACULTY))
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.get(username="teacher"))
    tokens = []
    for _ in range(2):
        cache.clear()
        tokens += re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', client.get("/my/").content.decode())
    assert len(set(tokens)) == 2
    assert client.post("/sign-out/", {"csrfmiddlewaretoken": "a" * 64}).status_code == 403
    assert client.post("/sign-out/", {"csrfmiddlewaretoken": tokens[0]}).headers["Location"] == "/sign-in/"


def test_once_for_each_key():
    template = Template("{% once key %}{{ told }}{% endonce %}")

    def told(**values: object) -> str:
        return template.render(Context(values))

    assert [told(key=1, told="a"), told(key=2, told="b"), told(key=1, told="c")] == ["a", "b", "a"]
    assert [told(told="d"), told(told="e"), told(key=None, told="f")] == ["d", "e", "f"]


@pytest.mark.parametrize(
    "inside", ["{% block main %}{% endblock %}", "{% csrf_token %}", "{% if a %}{% csrf_token %}{% endif %}"]
)
def test_what_is_another_each_time_is_refused(inside):
    with pytest.raises(TemplateSyntaxError, match="Neither blocks nor CSRF tokens"):
        Template(f"{{% once %}}{inside}{{% endonce %}}")
