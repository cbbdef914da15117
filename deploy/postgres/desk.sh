#!/bin/sh
# Run once, by the image, when the database server is made: the desk owns its database and rules nothing else.
set -eu

psql -v ON_ERROR_STOP=1 -v password="$DESK_PASSWORD" -U "$POSTGRES_USER" -d postgres <<'SQL'
CREATE ROLE acik_masa LOGIN PASSWORD :'password';
CREATE DATABASE acik_masa OWNER acik_masa;
SQL
