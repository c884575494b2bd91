#!/bin/sh
# Adds the same migration for both databases: host/Data/add-migration.sh AddSomething
set -eu
cd "$(dirname "$0")/../.."
dotnet tool restore >/dev/null
dotnet build host --nologo -v quiet
for database in Sqlite Postgres; do
  dotnet ef migrations add "$1" --project host --no-build \
    --context "${database}HostDbContext" --output-dir "Data/Migrations/${database}"
done
# The tool writes a byte order mark.
sed -i '1s/^\xEF\xBB\xBF//' host/Data/Migrations/*/*.cs
