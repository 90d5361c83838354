"""A block of a schedule: why it has too few people, who could take it, and why somebody has it."""

from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from people.pages import cached_page
from people.requests import changes
from scheduling.models import Assignment, Inquiry, Rotation, Schedule, ShiftType
from scheduling.services.filling import fill
from scheduling.services.slot import read
from scheduling.services.why import read_why
from scheduling.views.context import Opened, get_schedule, open_program, open_to_schedule, strip

# What the optimiser can be asked about a block: the kind of the inquiry, and the words on its button.
QUESTIONS = (
    (Inquiry.Kind.FILL.value, "What would fill it"),
    (Inquiry.Kind.CONFLICT.value, "Which requests cannot all hold?"),
)


def get_block(
    opened: Opened, number: int, day: date, rotation: str, shift: str
) -> tuple[Schedule, Rotation, ShiftType]:
    """The version, rotation and shift type that an address names. Raises Http404 for what is not this program's."""
    schedule = get_schedule(opened, number)
    if not schedule.start_date <= day <= schedule.end_date:
        raise Http404(f"{day} is not a day of {schedule}.")
    return (
        schedule,
        get_object_or_404(Rotation, program=opened.program, code=rotation),
        get_object_or_404(ShiftType, program=opened.program, code=shift),
    )


@cached_page("minute")
def open_block(request: HttpRequest, slug: str, number: int, day: date, rotation: str, shift: str) -> HttpResponse:
    """Why a block has too few people."""
    opened = open_to_schedule(request, slug)
    schedule, on, shift_type = get_block(opened, number, day, rotation, shift)
    slot = read(schedule, day, on, shift_type)
    context = {
        **opened.context,
        **strip(opened, schedule),
        "state": f"?schedule={schedule.number}",
        "month": day.replace(day=1),
        "day": day,
        "questions": QUESTIONS,
        "slot": slot,
        "is_over": slot.ends_at <= opened.now,
    }
    return render(request, "scheduling/open_block.html", context)


@changes("open-block")
def fill_block(request: HttpRequest, slug: str, number: int, day: date, rotation: str, shift: str) -> HttpResponse:
    """Give the block to somebody who could take it."""
    opened = open_to_schedule(request, slug)
    schedule, on, shift_type = get_block(opened, number, day, rotation, shift)
    chosen = request.POST.get("person", "")
    if not (chosen.isascii() and chosen.isdigit() and len(chosen) <= 18):
        messages.error(request, "Choose who takes it.")
        return redirect("open-block", slug, number, day, rotation, shift)
    try:
        edit = fill(
            schedule=schedule,
            user=opened.user,
            day=day,
            rotation=on,
            shift_type=shift_type,
            person=int(chosen),
            is_short="is_short" in request.POST,
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, f"{edit.title}. It can be undone.")
    return redirect("open-block", slug, number, day, rotation, shift)


@cached_page()
def why_me(request: HttpRequest, slug: str, number: int, pk: int) -> HttpResponse:
    """Why somebody has an assignment: for whoever makes the schedules, and for themself."""
    opened = open_program(request, slug, "schedule")
    schedule = get_schedule(opened, number)
    rows = Assignment.objects.filter(schedule=schedule)
    if not opened.is_scheduler:
        rows = rows.filter(person__user=opened.user)
    relations = ("person", "rotation", "block__shift_type", "schedule__program", "schedule__based_on")
    assignment = get_object_or_404(rows.select_related(*relations), pk=pk)
    day = assignment.block.date
    context = {
        **opened.context,
        **strip(opened, schedule),
        "state": f"?schedule={schedule.number}",
        "month": day.replace(day=1),
        "day": day,
        "is_mine": assignment.person.user_id == opened.user.pk,
        "why": read_why(assignment, is_scheduler=opened.is_scheduler),
    }
    return render(request, "scheduling/why_me.html", context)
