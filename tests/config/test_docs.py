"""Generated pages are what the code says now."""

from django.core.management import call_command


def test_the_workflow_page_is_up_to_date() -> None:
    call_command("workflow_diagram", check=True)
