from django.urls import path, register_converter

from scheduling.converters import DayConverter, MonthConverter
from scheduling.views import blocks, days, grids, home, inquiries, jeopardy, leave, my, runs, sick_call, versions
from scheduling.views.rollover import rollover

register_converter(MonthConverter, "month")
register_converter(DayConverter, "day")

urlpatterns = [
    path("", home.home, name="home"),
    path("my/", my.my_month, name="my-schedule"),
    path("my/<month:month>/", my.my_month, name="my-month"),
    path("p/<slug:slug>/", home.today, name="today"),
    path("p/<slug:slug>/year/", grids.year, name="year"),
    path("p/<slug:slug>/month/", grids.month_now, name="month-now"),
    path("p/<slug:slug>/month/<month:month>/", grids.month, name="month"),
    path("p/<slug:slug>/day/", days.day_now, name="day-now"),
    path("p/<slug:slug>/day/<day:day>/", days.day, name="day"),
    path("p/<slug:slug>/on-call/", days.on_call, name="on-call"),
    path("p/<slug:slug>/requests/", leave.requests, name="requests"),
    path("p/<slug:slug>/requests/new/", leave.ask_leave, name="leave-ask"),
    path("p/<slug:slug>/requests/<int:pk>/", leave.leave_request, name="leave-request"),
    path("p/<slug:slug>/requests/<int:pk>/decide/", leave.decide_leave, name="leave-decide"),
    path("p/<slug:slug>/requests/<int:pk>/withdraw/", leave.withdraw_leave, name="leave-withdraw"),
    path("p/<slug:slug>/away/", sick_call.away, name="away"),
    path("p/<slug:slug>/absences/<int:pk>/cover/", sick_call.cover, name="cover"),
    path("p/<slug:slug>/absences/<int:pk>/cover/give/", sick_call.give_block, name="give-block"),
    path("p/<slug:slug>/jeopardy/", jeopardy.jeopardy, name="jeopardy"),
    path("p/<slug:slug>/jeopardy/call-in/", jeopardy.call_in, name="jeopardy-call-in"),
    path("p/<slug:slug>/jeopardy/<int:pk>/", jeopardy.settle, name="jeopardy-settle"),
    path("p/<slug:slug>/jeopardy/<int:pk>/pay-back/", jeopardy.pay_back, name="jeopardy-pay-back"),
    path("p/<slug:slug>/jeopardy/<int:pk>/excuse/", jeopardy.excuse, name="jeopardy-excuse"),
    path("p/<slug:slug>/schedules/", versions.versions, name="schedules"),
    path("p/<slug:slug>/schedules/new/", versions.new_version, name="schedule-new"),
    path("p/<slug:slug>/schedules/<int:number>/", versions.version, name="schedule"),
    path("p/<slug:slug>/schedules/<int:number>/copy/", versions.copy_version, name="schedule-copy"),
    path("p/<slug:slug>/schedules/<int:number>/generate/", versions.generate_version, name="schedule-generate"),
    path("p/<slug:slug>/schedules/<int:number>/publish/", versions.publish_version, name="schedule-publish"),
    path("p/<slug:slug>/schedules/<int:number>/update/", versions.update_version, name="schedule-update"),
    path("p/<slug:slug>/schedules/<int:number>/undo/", versions.undo_edit, name="undo"),
    path("p/<slug:slug>/schedules/<int:number>/redo/", versions.redo_edit, name="redo"),
    path(
        "p/<slug:slug>/schedules/<int:number>/block/<day:day>/<str:rotation>/<str:shift>/",
        blocks.open_block,
        name="open-block",
    ),
    path(
        "p/<slug:slug>/schedules/<int:number>/block/<day:day>/<str:rotation>/<str:shift>/fill/",
        blocks.fill_block,
        name="block-fill",
    ),
    path("p/<slug:slug>/schedules/<int:number>/why/<int:pk>/", blocks.why_me, name="why-me"),
    path("p/<slug:slug>/schedules/<int:number>/ask/", inquiries.ask_about, name="ask"),
    path("p/<slug:slug>/inquiries/<int:pk>/", inquiries.inquiry, name="inquiry"),
    path("p/<slug:slug>/inquiries/<int:pk>/cancel/", inquiries.cancel_inquiry, name="inquiry-cancel"),
    path("p/<slug:slug>/inquiries/<int:pk>/again/", inquiries.ask_again, name="inquiry-again"),
    path("p/<slug:slug>/inquiries/<int:pk>/apply/", inquiries.apply_plan, name="apply-plan"),
    path("p/<slug:slug>/setup/rollover/", rollover, name="rollover"),
    path("p/<slug:slug>/runs/<int:pk>/", runs.run, name="run"),
    path("p/<slug:slug>/runs/<int:pk>/cancel/", runs.cancel_run, name="run-cancel"),
    path("p/<slug:slug>/runs/<int:pk>/retry/", runs.retry_run, name="run-retry"),
]
