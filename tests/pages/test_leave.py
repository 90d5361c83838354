"""Requests: what people ask for and see of it, what those who decide see, and who sees none of it."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from absences.models import Absence
from people.models import User
from scheduling.models import Inquiry
from tests.factories import Wards, make_person, make_schedule, make_user, make_wards
from tests.pages.conftest import coordinator_of, resident_of, sign_in

HOME = "/p/internal-medicine/"
LIST, NEW = f"{HOME}requests/", f"{HOME}requests/new/"
GIVEN = {"start_date": "2026-11-10", "end_date": "2026-11-12", "kind": "vacation", "reason": "Wedding"}


def ask(wards: Wards, number: int = 0, **values: object) -> Absence:
    given = {"start_date": date(2026, 11, 5), "end_date": date(2026, 11, 7), "kind": "medical", "reason": "Knee"}
    return Absence.objects.create(person=wards.people[number], **{**given, **values})


def text(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_asking_for_leave_and_seeing_it(wards, colleague, read):
    assert "No requests yet" in read(colleague, LIST)
    response = colleague.post(NEW, GIVEN, follow=True)
    assert response.redirect_chain == [(LIST, 302)]
    html = response.content.decode()
    assert "You asked for leave: Tue 10 to Thu 12 Nov 2026." in html
    assert "vacation: Wedding" in html
    assert "Withdraw" in html
    absence = Absence.objects.get()
    assert (absence.person, absence.status, str(absence.start_date)) == (wards.people[0], "requested", "2026-11-10")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"end_date": "2026-11-09"}, "The last day, Mon 9 Nov 2026, is before the first, Tue 10 Nov 2026."),
        ({"start_date": ""}, "This field is required."),
        ({"start_date": "tomorrow"}, "Enter a valid date."),
        ({"start_date": "0001-01-01"}, "Mon 1 Jan 1 is over"),
        ({"kind": "holiday"}, "holiday is not one of the available choices."),
        ({"reason": "x" * 301}, "at most 300 characters"),
    ],
)
def test_what_cannot_be_asked_for_is_said_beside_its_field(wards, colleague, wrong, message):
    response = colleague.post(NEW, {**GIVEN, **wrong})
    assert response.status_code == 422
    html = response.content.decode()
    assert message in html
    assert "Nothing is asked for yet" in html
    assert 'aria-invalid="true"' in html
    assert "Wedding" in html or "reason" in wrong
    assert not Absence.objects.exists()


def test_a_denied_request_says_why(wards, colleague, read):
    owner = make_user("owner", User.Role.COORDINATOR, programs=(wards.program,))
    owner.first_name = "Ruth"
    owner.save()
    ask(wards, status="denied", decision_reason="Two of your level are away", decided_by=owner)
    html = text(read(colleague, LIST))
    assert "Denied by Ruth: Two of your level are away" in html
    assert "Withdraw" not in html


def test_people_see_their_own_requests_only(wards, colleague, read):
    other = ask(wards, 1, reason="Secret")
    html = read(colleague, LIST)
    assert "Secret" not in html
    assert "No requests yet" in html
    assert colleague.get(f"{LIST}{other.pk}/").status_code == 404
    assert colleague.post(f"{LIST}{other.pk}/withdraw/").status_code == 404
    assert colleague.post(f"{LIST}{other.pk}/decide/", {"decision": "approve"}).status_code == 404
    other.refresh_from_db()
    assert other.status == "requested"


def test_the_own_request_leads_to_the_list(wards, colleague):
    own = ask(wards)
    assert colleague.get(f"{LIST}{own.pk}/").url == LIST
    assert colleague.post(f"{LIST}{own.pk}/decide/", {"decision": "approve"}).status_code == 404


def test_withdrawing(wards, colleague):
    own = ask(wards)
    html = colleague.post(f"{LIST}{own.pk}/withdraw/", follow=True).content.decode()
    assert "Withdrawn: Thu 5 to Sat 7 Nov 2026." in html
    own.refresh_from_db()
    assert own.status == "withdrawn"
    again = colleague.post(f"{LIST}{own.pk}/withdraw/", follow=True).content.decode()
    assert "This leave is withdrawn: ask your coordinator to change it." in again


def test_approved_leave_is_taken_back_by_schedulers_only(wards, owner, colleague):
    own = ask(wards, status="approved")
    html = colleague.post(f"{LIST}{own.pk}/withdraw/", follow=True).content.decode()
    assert "This leave is approved: ask your coordinator to change it." in html
    assert owner.post(f"{LIST}{own.pk}/withdraw/").url == f"{LIST}{own.pk}/"
    own.refresh_from_db()
    assert own.status == "withdrawn"


def test_strangers_and_the_unsigned_see_nothing(wards, stranger, client):
    pk = ask(wards).pk
    for page in (LIST, NEW, f"{LIST}{pk}/"):
        assert stranger.get(page).status_code == 404
        assert client.get(page).status_code == 302
    for page in (f"{LIST}{pk}/decide/", f"{LIST}{pk}/withdraw/"):
        assert stranger.post(page).status_code == 404
        assert client.post(page).status_code == 302
    assert Absence.objects.get().status == "requested"


def test_leave_of_another_program_is_not_there(wards, owner):
    other = ask(make_wards(name="Surgery"))
    for page in ("", "decide/", "withdraw/"):
        assert owner.post(f"{LIST}{other.pk}/{page}").status_code == 404
    assert owner.get(f"{LIST}99999999999999999999/").status_code == 404


def test_changes_are_by_post_only(wards, owner):
    pk = ask(wards).pk
    for page in ("decide/", "withdraw/"):
        assert owner.get(f"{LIST}{pk}/{page}").url == f"{LIST}{pk}/"
    assert Absence.objects.get().status == "requested"


def test_a_coordinator_who_is_no_person_asks_for_nothing(owner):
    assert owner.get(NEW).status_code == 404


def test_open_requests_come_first_the_next_one_first(wards, owner, read):
    ask(wards, 0, start_date=date(2026, 12, 20), end_date=date(2026, 12, 21), reason="third")
    ask(wards, 1, start_date=date(2026, 12, 1), end_date=date(2026, 12, 2), reason="second")
    ask(wards, 2, start_date=date(2026, 11, 9), end_date=date(2026, 11, 9), reason="first")
    ask(wards, 0, start_date=date(2026, 8, 1), end_date=date(2026, 8, 1), status="approved", reason="fifth")
    ask(wards, 1, start_date=date(2026, 10, 1), end_date=date(2026, 10, 1), status="denied", reason="fourth")
    html = read(owner, LIST)
    assert re.findall(r"medical: (\w+)", html) == ["first", "second", "third", "fourth", "fifth"]
    assert '<b class="count">3<span class="vh"> open</span></b>' in html
    assert 'href="/p/internal-medicine/requests/">All requests</a>' in read(owner, HOME)


def test_the_list_is_filtered_by_state_and_name(wards, owner, read):
    ask(wards, 0, reason="one")
    ask(wards, 1, status="denied", reason="two")
    assert re.findall(r"medical: (\w+)", read(owner, f"{LIST}?status=denied")) == ["two"]
    assert re.findall(r"medical: (\w+)", read(owner, f"{LIST}?name=000")) == ["one"]
    assert "No request matches" in read(owner, f"{LIST}?name=nobody")
    html = read(owner, f"{LIST}?status=lost")
    assert "There is no state lost: all are shown." in html
    assert "2 requests" in html


def test_pages_of_50(wards, owner, read):
    Absence.objects.bulk_create(
        Absence(person=wards.people[0], start_date=date(2026, 11, 9), end_date=date(2026, 11, 9)) for _ in range(51)
    )
    assert read(owner, LIST).count('id="leave-') == 50
    assert read(owner, f"{LIST}?page=2").count('id="leave-') == 1


def test_what_a_decision_rests_on_is_shown(wards, owner, read):
    absence = ask(wards)  # works Wed 4 Nov by day, Thu 5 at night
    ask(wards, 1, status="approved", kind="conference")
    ask(wards, 0, start_date=date(2026, 8, 3), end_date=date(2026, 8, 9), status="approved", kind="vacation")
    html = text(read(owner, f"{LIST}{absence.pk}/"))
    assert "Thu 5 Nov 2026 to Sat 7 Nov 2026 3 days" in html
    assert "Knee" in html
    assert "7 days without this, 1 Jul 2026 to 30 Jun 2027" in html
    assert "Vacation 7. Boards count days away" in html
    assert "Thu 5 Nov Ward A, night 19:00–07:00" in html
    assert "Resident 001 PGY-2, conference" in html
    assert "Approve" in html
    assert "Deny" in html


def test_approving_then_finding_cover(wards, owner):
    absence = ask(wards)
    page = f"{LIST}{absence.pk}/"
    html = owner.post(f"{page}decide/", {"decision": "approve", "reason": ""}, follow=True).content.decode()
    assert "The leave of Resident 000 is approved." in html
    assert f'href="/p/internal-medicine/absences/{absence.pk}/cover/">Find cover</a>' in html
    absence.refresh_from_db()
    assert (absence.status, str(absence.decided_by)) == ("approved", "owner")


def test_denying_takes_a_reason_beside_its_field(wards, owner):
    absence = ask(wards)
    page = f"{LIST}{absence.pk}/decide/"
    response = owner.post(page, {"decision": "deny", "reason": " "})
    assert response.status_code == 422
    assert "Say why it is denied" in response.content.decode()
    assert owner.post(page, {"decision": "deny", "reason": "x" * 301}).status_code == 422
    assert "Choose Approve or Deny" in owner.post(page, {"reason": "?"}).content.decode()
    assert Absence.objects.get().status == "requested"
    assert owner.post(page, {"decision": "deny", "reason": "Two are away"}).status_code == 302
    assert Absence.objects.get().decision_reason == "Two are away"


def test_of_two_who_decide_the_second_is_told(wards, owner):
    absence = ask(wards)
    page = f"{LIST}{absence.pk}/decide/"
    owner.post(page, {"decision": "approve"})
    response = owner.post(page, {"decision": "deny", "reason": "No"})
    assert response.status_code == 422
    assert "This request of Resident 000 is approved already by owner." in response.content.decode()
    assert Absence.objects.get().status == "approved"


def test_an_overlap_is_said_on_the_decision(wards, owner):
    absence = ask(wards)
    ask(wards, kind="sick", status="approved")
    response = owner.post(f"{LIST}{absence.pk}/decide/", {"decision": "approve"})
    assert response.status_code == 422
    assert "has approved leave already: sick, Thu 5 to Sat 7 Nov 2026." in response.content.decode()


def test_a_chief_does_not_decide_on_their_own_leave(wards, read):
    chief = wards.people[0]
    chief.user, chief.is_chief = make_user("chief"), True
    chief.save()
    absence, client = ask(wards), sign_in(chief.user)
    html = read(client, f"{LIST}{absence.pk}/")
    assert "This is your own request" in html
    assert "Approve" not in html
    response = client.post(f"{LIST}{absence.pk}/decide/", {"decision": "approve"})
    assert response.status_code == 422
    assert Absence.objects.get().status == "requested"
    assert 'href="/p/internal-medicine/requests/new/">Ask for leave</a>' in read(client, LIST)


def test_what_it_would_cost_is_asked_and_shown_with_its_revision(wards, owner, read):
    absence = ask(wards)
    page = f"{LIST}{absence.pk}/"
    assert ">What would it cost</button>" in read(owner, page)
    answer = {"sentences": ["Ward A is short on Fri 6 Nov."], "plans": []}
    inquiry = Inquiry.objects.create(
        schedule=wards.schedule,
        kind="leave",
        parameters={"absence": absence.pk},
        revision=wards.schedule.revision,
        status="succeeded",
        answer=answer,
    )
    html = read(owner, page)
    assert "Ward A is short on Fri 6 Nov." in html
    assert f'href="/p/internal-medicine/inquiries/{inquiry.pk}/"' in html
    assert "which was changed since" not in html
    wards.schedule.bump()
    assert "which was changed since" in read(owner, page)


def test_a_draft_serves_where_nothing_is_published(draft, read):
    absence = ask(draft)
    html = read(coordinator_of(draft), f"{LIST}{absence.pk}/")
    assert "Draft 1" in html
    assert f'action="{HOME}schedules/1/ask/"' in html


def test_leave_of_others_is_told_to_nobody_else(wards, owner, colleague, read):
    ask(wards, 1, status="approved", reason="Chemotherapy")
    for page in ("month/2026-11/", "day/2026-11-05/", "requests/"):
        html = read(colleague, HOME + page)
        assert "edical" not in html
        assert "Chemotherapy" not in html


QUERIES = {LIST: 6, NEW: 4, f"{LIST}%s/": 14}
READERS = {LIST: 6, NEW: 4}


@pytest.mark.django_db
@pytest.mark.usefixtures("sessions_in_database")
@pytest.mark.parametrize("people", [1, 3, 60])
def test_the_number_of_queries(people: int) -> None:
    wards = make_wards(people)
    make_schedule(wards.year)
    first = ask(wards)
    for number in range(1, people):
        ask(wards, number)
    make_person(wards.program, "Chief", 3, user=make_user("chief"), is_chief=True)
    chief, resident = sign_in(User.objects.get(username="chief")), resident_of(wards)

    def counted(client, page: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(page.replace("%s", str(first.pk))).status_code == 200
        return len(captured)

    assert {page: counted(chief, page) for page in QUERIES} == QUERIES
    assert {page: counted(resident, page) for page in READERS} == READERS
