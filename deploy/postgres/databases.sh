#!/bin/sh
# Runs once, on an empty volume: a database and a role for each service that keeps accounts of its own, so that none can
# read another's.
set -eu

create() {
    psql --username "$POSTGRES_USER" --dbname postgres --set ON_ERROR_STOP=1 --set name="$1" --set password="$2" <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name" ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
SQL
}

create users "$USERS_PASSWORD"
create notifications "$NOTIFICATIONS_PASSWORD"
