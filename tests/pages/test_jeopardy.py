"""The page of jeopardy: who sees it, who acts on it, and what it says."""

import re
from collections.abc import Sequence
from datetime import date, time, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from absences.models import Absence
from people.models import Person
from scheduling.models import Assignment, Cover, Rotation, ShiftType
from tests.factories import Wards, make_person, make_rotation, make_staffing, make_user, make_wards, place, work
from tests.pages.conftest import coordinator_of, resident_of, sign_in

PAGE = "/p/internal-medicine/jeopardy/"
TODAY = date(2026, 11, 3)
DAY = timedelta(days=1)


def words(html: str) -> str:
    """The text of a page with its notices, in one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", html.split('<div class="notices"')[1]).split())


def make_backup(wards: Wards, people: Sequence[Person]) -> ShiftType:
    """These people are on backup on a day each, from today on."""
    backup = ShiftType.objects.create(
        program=wards.program,
        code="BK",
        name="Backup",
        start_time=time(7),
        hours=24,
        duty=ShiftType.Duty.BACKUP,
        position=3,
    )
    pool = make_rotation(wards.program, "JE", "Jeopardy")
    make_staffing(wards.program, "Backup", pool, shift_type=backup)
    make_staffing(wards.program, "Ward A by night", wards.ward, shift_type=wards.night)
    for offset, person in enumerate(people):
        work(wards.schedule, person, TODAY + offset * DAY, backup, pool, role="backup")
    return backup


def ill(wards: Wards, name: str, day: date = TODAY) -> Person:
    """Somebody who works the night on the ward, and is ill."""
    person = make_person(wards.program, name, 1)
    work(wards.schedule, person, day, wards.night, wards.ward)
    Absence.objects.create(person=person, start_date=day, end_date=day, kind="sick", status="approved")
    return person


def cover(wards: Wards, absent: Person, covering: Person, **more: object) -> Cover:
    given = {"date": TODAY - DAY, "shift": "Ward A, night", "hours": 12, "reason": "Fever", **more}
    return Cover.objects.create(program=wards.program, absent=absent, covering=covering, **given)


@pytest.fixture
def spare(wards: Wards) -> Person:
    """Somebody with nothing else to do, on backup today."""
    person = make_person(wards.program, "Sam Spare", 2)
    make_backup(wards, [person])
    return person


def call_in(client: Client, absent: Person, spare: Person) -> str:
    answer = client.post(
        f"{PAGE}call-in/",
        {"lost": f"{absent.pk}|2026-11-03|N|WA", "backup": f"{spare.pk}|2026-11-03|BK|JE"},
        follow=True,
    )
    assert answer.status_code == 200
    return words(answer.content.decode())


def test_every_member_sees_it_and_schedulers_act_on_it(wards, spare, owner, colleague, stranger, client):
    absent = ill(wards, "Ann Ill")
    done = cover(wards, absent, spare)
    assert [each.get(PAGE).status_code for each in (owner, colleague, stranger, client)] == [200, 200, 404, 302]
    settle = f"{PAGE}{done.pk}/"
    assert [each.get(settle).status_code for each in (owner, colleague, stranger, client)] == [200, 404, 404, 302]
    for page in (f"{PAGE}call-in/", f"{settle}pay-back/", f"{settle}excuse/"):
        assert [each.post(page).status_code for each in (colleague, stranger, client)] == [404, 404, 302]
        assert owner.get(page, follow=True).status_code == 200
    seen, acted = words(colleague.get(PAGE).content.decode()), words(owner.get(PAGE).content.decode())
    assert "Sam Spare on backup now" in seen
    assert "Sam Spare for Ann Ill Ward A, night 12 h owed by Ann Ill" in seen
    for private in ("Fever", "is away", "Call in", "Pay back"):
        assert private not in seen
        assert private in acted
    assert Cover.objects.count() == 1


def test_calling_in(wards, spare, owner):
    absent = ill(wards, "Ann Ill")
    assert "Ann Ill is away: Ward A, night, Tue 3 Nov, 19:00–07:00" in words(owner.get(PAGE).content.decode())
    answer = call_in(owner, absent, spare)
    assert "Sam Spare is called in for Ann Ill: Ward A, night on Tue 3 Nov. Ann Ill owes a shift." in answer
    assert Assignment.objects.get(person=spare).block.shift_type == wards.night
    assert "Ann Ill owes 1 shift" not in answer  # they are away, and in no queue
    assert "Sam Spare for Ann Ill Ward A, night 12 h, from backup owed by Ann Ill" in answer
    again = call_in(owner, absent, spare)
    assert "Ann Ill does not work WA, N on Tue 3 Nov any more: look at it again. Nothing was changed." in again
    assert Cover.objects.count() == 1


def test_calling_in_where_codes_have_a_bar(wards, spare, owner):
    ill(wards, "Ann Ill")
    ShiftType.objects.filter(pk=wards.night.pk).update(code="N|A")
    Rotation.objects.filter(pk=wards.ward.pk).update(code="L&D|/A")
    page = owner.get(PAGE).content.decode()
    (form,) = [each for each in re.findall(r"<form.*?</form>", page, re.DOTALL) if "call-in/" in each]
    fields = {name: unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', form)}
    answer = owner.post(f"{PAGE}call-in/", fields, follow=True)
    assert "Sam Spare is called in for Ann Ill: Ward A, night on Tue 3 Nov." in words(answer.content.decode())


def test_what_nobody_on_backup_can_take(wards, spare, owner, colleague):
    absent, other = ill(wards, "Ann Ill"), ill(wards, "Otto Out")
    call_in(owner, absent, spare)
    html = owner.get(PAGE).content.decode()
    assert "Otto Out is away, and nobody is on backup for Ward A, night, Tue 3 Nov, 19:00–07:00." in words(html)
    assert f'<a href="/p/internal-medicine/absences/{other.absences.get().pk}/cover/">Who could take it</a>' in html
    assert "Otto Out is away" not in words(colleague.get(PAGE).content.decode())


def test_who_is_on_backup_and_ill(wards, spare, owner):
    absent = ill(wards, "Ann Ill")
    Absence.objects.create(person=spare, start_date=TODAY, end_date=TODAY, kind="sick", status="approved")
    text = words(owner.get(PAGE).content.decode())
    assert "Sam Spare away Backup, 07:00 to Wed 07:00" in text
    assert "Sam Spare cannot take it: they are away then" in text
    assert "Sam Spare cannot take this block any more" in call_in(owner, absent, spare)
    assert Cover.objects.count() == 0


@pytest.mark.parametrize("lost", ["", "nonsense", "1|2026-13-01|N|WA", "x" * 300, "9" * 30 + "|2026-11-03|N|WA"])
def test_what_is_no_block(wards, spare, owner, lost):
    backup = f"{spare.pk}|2026-11-03|BK|JE"
    answer = owner.post(f"{PAGE}call-in/", {"lost": lost, "backup": backup}, follow=True)
    assert answer.status_code == 200
    assert Cover.objects.count() == 0


def test_nobody_is_called_in_where_nothing_is_published(wards, spare, owner):
    data = {"lost": "1|2030-11-03|N|WA", "backup": "1|2030-11-03|BK|JE"}
    assert owner.post(f"{PAGE}call-in/", data).status_code == 404


def test_paying_back(wards, spare, owner):
    owing = make_person(wards.program, "Olga Owing", 1)
    place(wards.schedule, owing, 5, wards.ward)
    done = cover(wards, owing, spare)
    work(wards.schedule, spare, TODAY + 4 * DAY, wards.night, wards.ward)
    page = owner.get(f"{PAGE}{done.pk}/").content.decode()
    assert "Sat 7 Nov, Ward A, night 19:00–07:00" in words(page)
    (token,) = re.findall(r'name="block" value="(.*?)"', page)
    nothing = owner.post(f"{PAGE}{done.pk}/pay-back/", {}, follow=True).content.decode()
    assert "Choose the block that pays this back." in nothing
    answer = owner.post(f"{PAGE}{done.pk}/pay-back/", {"block": token}, follow=True).content.decode()
    assert "Olga Owing takes Ward A, night on Sat 7 Nov from Sam Spare: that is paid back." in answer
    assert "Sam Spare for Olga Owing Ward A, night 12 h even with Sat 7 Nov" in words(answer)
    assert "This is paid back" in words(owner.get(f"{PAGE}{done.pk}/").content.decode())
    again = owner.post(f"{PAGE}{done.pk}/pay-back/", {"block": token}, follow=True).content.decode()
    assert "is even already." in again
    assert Cover.objects.count() == 2


def test_nothing_to_pay_back_with(wards, spare, owner):
    done = cover(wards, wards.people[0], spare)
    page = words(owner.get(f"{PAGE}{done.pk}/").content.decode())
    assert "Sam Spare has no shift in the next 60 days that Resident 000 could take" in page


def test_nothing_is_owed(wards, spare, owner):
    done = cover(wards, wards.people[0], spare)
    wrong = owner.post(f"{PAGE}{done.pk}/excuse/", {"reason": " "})
    assert wrong.status_code == 422
    assert "This field is required" in wrong.content.decode()
    answer = owner.post(f"{PAGE}{done.pk}/excuse/", {"reason": "A funeral"}, follow=True).content.decode()
    assert "Resident 000 owes nothing for Mon 2 Nov." in answer
    assert "nothing owed" in words(answer)
    late = owner.post(f"{PAGE}{done.pk}/excuse/", {"reason": "A funeral"})
    assert (late.status_code, "Nothing is owed any more" in late.content.decode()) == (422, False)
    assert "Nothing is owed for this" in words(late.content.decode())


def test_the_ledger_of_one_person(wards, spare, colleague, read):
    for covering in wards.people[1:3]:
        cover(wards, wards.people[0], covering)
    html = read(colleague, f"{PAGE}?person=r001")
    assert re.findall(r'<th scope="row">(.*?) <small', html) == ["Resident 001"]
    assert "1 shift covered" in words(html)
    assert "Resident 000 covered for nobody yet" not in html
    assert "covered for nobody yet" in words(read(colleague, f"{PAGE}?person=sam-spare"))
    assert "This program has no such person: everybody is shown." in read(colleague, f"{PAGE}?person=nobody")
    assert "2 shifts covered" in words(read(colleague, f"{PAGE}?person=nobody"))


def test_the_ledger_has_pages(wards, spare, owner, read):
    for number in range(51):
        cover(wards, wards.people[0], spare, date=TODAY - number * DAY)
    assert "Page 1 of 2" in words(read(owner, PAGE))
    last = read(owner, f"{PAGE}?page=2")
    assert len(re.findall(r'<td class="date">', last)) == 1


def test_empty_states(draft):
    client = coordinator_of(draft)
    text = words(client.get(PAGE).content.decode())
    assert "No schedule of Internal Medicine is published for today." in text
    assert "Nobody has covered for anybody yet" in text


def test_where_it_is_linked_from(wards, spare, owner, read):
    link = f'href="{PAGE}"'
    assert link in read(owner, "/p/internal-medicine/on-call/")
    assert link in read(owner, "/p/internal-medicine/")
    spare.user = make_user("spare")
    spare.save()
    html = read(sign_in(spare.user), "/my/")
    assert link in html
    assert "You are on backup now, until Wed 07:00" in words(html)
    wards.program.shows_who_is_on = True
    wards.program.save()
    public = Client().get("/p/internal-medicine/on-call/").content.decode()
    assert "Sam Spare" in public
    assert link not in public


def test_who_is_on_backup_is_not_at_work(wards, spare, owner, read):
    before = re.search(r"(\d+) at work", read(owner, "/p/internal-medicine/day/2026-11-03/"))
    Assignment.objects.filter(person=spare).delete()
    after = re.search(r"(\d+) at work", read(owner, "/p/internal-medicine/day/2026-11-03/"))
    assert before is not None
    assert after is not None
    assert before.group(1) == after.group(1)


@pytest.mark.django_db
@pytest.mark.usefixtures("sessions_in_database")
@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries(count: int) -> None:
    wards = make_wards(6)
    spares = [make_person(wards.program, f"Spare {n}", 2) for n in range(count)]
    make_backup(wards, spares)
    for n, spare in enumerate(spares):
        absent = ill(wards, f"Ill {n}", TODAY + n * DAY)
        cover(wards, absent, spare)
        cover(wards, spare, absent)
        work(wards.schedule, spare, TODAY + (9 + n) * DAY, wards.night, wards.ward)
    owed = cover(wards, wards.people[0], spares[0])
    scheduler, resident = coordinator_of(wards), resident_of(wards)
    found = [queries(scheduler, PAGE), queries(resident, PAGE), queries(scheduler, f"{PAGE}{owed.pk}/")]
    assert found == [43, 22, 25]


def queries(client: Client, page: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(page).status_code == 200
    return len(captured)
