"""Counts what is in a data directory, with nothing of ours: Python's SQLite or psycopg for the state, DuckDB for Parquet.

    reader.py FOLDER STATE ACKNOWLEDGED

STATE is `-` for the file in the folder, or a PostgreSQL URL. ACKNOWLEDGED is a file of lines as the writer printed them:
`event 17` or `order 1-3 1764060000000000`. Prints a line of JSON with what was found; `broken` in it lists every promise
that does not hold: an acknowledged event that is lost or is there twice, an order that is there twice, is a mixture of
two statements or older than what was acknowledged, a file of the catalogue that is not there or differs from its entry.

SQLite's file is read in a copy, without the index of its journal: so the repair after a crash is left to the writer.
"""

import json
import os
import shutil
import sqlite3
import struct
import sys
import tempfile
from collections import Counter

import duckdb

FILES = "SELECT fact, path, row_count, byte_count, removed IS NULL FROM files"
INBOX = "SELECT * FROM inbox"


def state(folder, place):
    """The files of all generations, the message ids of the inbox, and what the database says of itself."""
    if place != "-":
        import psycopg

        with psycopg.connect(place) as connection:
            return read(connection) + ("ok",)
    with tempfile.TemporaryDirectory() as copy:
        for name in ("state.sqlite", "state.sqlite-wal"):
            if os.path.exists(os.path.join(folder, name)):
                shutil.copy(os.path.join(folder, name), copy)
        connection = sqlite3.connect(os.path.join(copy, "state.sqlite"))
        healthy = connection.execute("PRAGMA integrity_check").fetchone()[0]
        found = read(connection) + (healthy,)
        connection.close()
        return found


def read(connection):
    cursor = connection.cursor()
    if not has_tables(cursor):
        # Interrupted before there was anything: whatever is acknowledged is then found to be lost.
        return [], []
    files = cursor.execute(FILES).fetchall()
    answer = cursor.execute(INBOX)
    columns = [column[0] for column in answer.description]
    waiting = [dict(zip(columns, row)) for row in answer.fetchall()]
    inbox = [message for row in waiting for message in messages(row)]
    return files, inbox


def has_tables(cursor):
    """Whether there are tables yet; a database that cannot be asked for them is an error."""
    catalogue = "sqlite_master" if isinstance(cursor, sqlite3.Cursor) else "information_schema.tables"
    name = "name" if isinstance(cursor, sqlite3.Cursor) else "table_name"
    cursor.execute(f"SELECT COUNT(*) FROM {catalogue} WHERE {name} IN ('files', 'inbox')")
    return cursor.fetchone()[0] == 2


def messages(row):
    """The message ids of a row: of one event, or of a chunk of them."""
    if "message_id" in row:
        return [row["message_id"]]
    chunk, place, found = bytes(row["events"]), 1, []
    if chunk[0] != 1:
        raise SystemExit(f"the inbox has a layout that this reader does not know: {chunk[0]}")
    while place < len(chunk):
        name, body = struct.unpack_from("<II", chunk, place + 24)
        place += 32
        found.append(chunk[place : place + name].decode())
        place += name + body
    return found


def acknowledged(path):
    events, orders = set(), {}
    with open(path, encoding="ascii") as lines:
        for line in lines:
            words = line.split()
            if words[0] == "event":
                events.add("m-" + words[1])
            else:
                orders[words[1]] = max(orders.get(words[1], 0), int(words[2]))
    return events, orders


def whole(lake, files, broken):
    """The paths of the files of the newest generation that are as the catalogue says, by table."""
    good = {}
    for fact, path, rows, size, newest in files:
        full = os.path.join(lake, path)
        if not os.path.exists(full):
            broken.append(f"the catalogue lists {path}, which is not there")
        elif os.path.getsize(full) != size:
            broken.append(f"{path} has {os.path.getsize(full)} bytes, the catalogue says {size}")
        elif newest:
            good.setdefault(fact, []).append((full, rows))
    return good


def orphans(lake, files):
    """How many files lie in the lake's folder that no generation has ever listed."""
    known = {os.path.join(lake, path) for _, path, _, _, _ in files}
    found = [os.path.join(folder, name) for folder, _, names in os.walk(lake) for name in names]
    return sum(path not in known for path in found)


def rows(files, columns, fact, broken):
    if not files:
        return []
    try:
        found = duckdb.execute(f"SELECT {columns} FROM read_parquet(?)", [[path for path, _ in files]]).fetchall()
    except duckdb.Error as error:
        broken.append(f"the files of {fact} cannot be read: {error}")
        return []
    listed = sum(count for _, count in files)
    if len(found) != listed:
        broken.append(f"the files of {fact} hold {len(found)} rows, the catalogue says {listed}")
    return found


def check_events(sealed, inbox, expected, broken):
    counted = Counter(sealed) + Counter(inbox)
    twice = [event for event, times in counted.items() if times > 1]
    lost = [event for event in expected if event not in counted]
    if twice:
        broken.append(f"{len(twice)} events are there more than once, such as {twice[0]}")
    if lost:
        broken.append(f"{len(lost)} acknowledged events are lost, such as {lost[0]}")
    return len(counted), len(lost), len(twice)


def check_orders(lines, expected, broken):
    orders = {}
    for order, line, version, millionths in lines:
        orders.setdefault(order, []).append((line, version, millionths))
    for order, found in orders.items():
        if sorted(line for line, _, _ in found) != [0, 1]:
            broken.append(f"order {order} has the lines {sorted(found)}")
        elif len({(version, amount) for _, version, amount in found}) != 1:
            broken.append(f"order {order} is a mixture of statements: {sorted(found)}")
    for order, statement in expected.items():
        if order not in orders:
            broken.append(f"order {order} was acknowledged and is lost")
        elif orders[order][0][2] < statement % 1_000_000_000_000:
            broken.append(f"order {order} is older than what was acknowledged")
    return len(orders)


def main(folder, place, path):
    broken = []
    files, inbox, healthy = state(folder, place)
    if healthy != "ok":
        broken.append(f"SQLite finds its file damaged: {healthy}")
    events, orders = acknowledged(path)
    # Earlier generations too: their files are kept until they are forgotten.
    good = whole(os.path.join(folder, "facts"), files, broken)
    sealed = [row[0] for row in rows(good.get("events"), "object", "events", broken)]
    columns = "order_id, line, version, CAST(CAST(net AS DECIMAL(30, 6)) * 1000000 AS BIGINT)"
    lines = rows(good.get("orders"), columns, "orders", broken)
    present, lost, twice = check_events(sealed, inbox, events, broken)
    found = {
        "acknowledged": len(events),
        "statements": len(orders),
        "events": present,
        "sealed": len(sealed),
        "lost": lost,
        "twice": twice,
        "orders": check_orders(lines, orders, broken),
        "files": len(files),
        "orphans": orphans(os.path.join(folder, "facts"), files),
        "broken": broken,
    }
    print(json.dumps(found))


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except (sqlite3.Error, OSError) as error:
        print(json.dumps({"broken": [f"the state cannot be read: {error}"]}))
