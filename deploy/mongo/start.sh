#!/bin/bash
# A replica set wants a key file that only mongod can read, and a key is a secret: it comes by the environment.
set -eu
umask 077
printf '%s' "$REPLICA_KEY" > /tmp/replica.key
chown mongodb:mongodb /tmp/replica.key
exec docker-entrypoint.sh mongod --replSet chatflow --keyFile /tmp/replica.key --bind_ip_all
