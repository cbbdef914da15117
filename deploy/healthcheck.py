"""Asks the web process in this container whether it lives; the exit status is the answer."""

import http.client
import os
import sys

# The name that the process lets itself be called; a name of all subdomains has a dot in front.
host = os.environ["ALLOWED_HOSTS"].split(",")[0].strip().lstrip(".")
connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=4)
connection.request("GET", "/livez", headers={"Host": host})
sys.exit(connection.getresponse().status != http.HTTPStatus.OK)
