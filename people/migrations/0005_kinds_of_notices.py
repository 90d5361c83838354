from django.db import migrations
from django.db.models import Q


def name_kinds(apps, schema_editor):
    """Notices from before there were kinds, by what they are about; the rest is about one's own schedule."""
    notices = apps.get_model("people", "Notice").objects
    notices.filter(subject__endswith=" asks for leave").update(kind="decide")
    mine = Q(subject__startswith="Your leave ") | Q(subject="You are entered as away")
    notices.filter(mine).update(kind="request")


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0004_mail_of_notices'),
    ]

    operations = [
        migrations.RunPython(name_kinds, migrations.RunPython.noop),
    ]
