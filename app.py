"""The application, for `flask --app app` and gunicorn."""

from helpdesk.factory import create_app

app = create_app()
