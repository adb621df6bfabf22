"""redis-py with its default settings against a lab: python3 redis_py.py PORT MAJOR_VERSION"""

import sys

import redis

port, version = int(sys.argv[1]), sys.argv[2]
assert redis.__version__.split(".")[0] == version, redis.__version__

r = redis.Redis(port=port)
assert r.ping() is True
assert r.set("name", "Alice") is True
assert r.get("name") == b"Alice"
assert r.get("nobody") is None
assert r.expire("name", 100)
assert r.ttl("name") == 100
assert r.delete("name", "nobody") == 1
assert r.set("once", 1, nx=True, ex=100) is True
assert r.set("once", 2, nx=True) is None
assert r.mget(["once", "nobody"]) == [b"1", None]
assert r.incr("n") == 1 and r.decr("n", 5) == -4

pipeline = r.pipeline(transaction=False)
for _ in range(1000):
    pipeline.incr("counter")
assert pipeline.execute() == list(range(1, 1001))

for value in (bytes(range(256)), b"\r\n", b"", b"m" * (1 << 20)):
    assert r.set("value", value) is True
    assert r.get("value") == value

try:
    r.execute_command("FOO")
    raise SystemExit("FOO was not refused")
except redis.ResponseError as error:
    assert "unknown command 'FOO'" in str(error), error
try:
    r.set("text", "x") and r.incr("text")
    raise SystemExit("INCR of a text was not refused")
except redis.ResponseError as error:
    assert "not an integer" in str(error), error
assert r.ping() is True

info = r.info()
assert info["connected_clients"] == 1 and info["db0"]["keys"] == r.dbsize(), info
assert r.config_get("save") == {"save": ""}
assert isinstance(r.client_id(), int)
assert {line["id"] for line in r.client_list()} == {str(r.client_id())}
assert r.command_count() > 30
assert "get" in r.command()
assert sorted(r.keys("o*")) == [b"once"]
assert r.flushall() is True and r.dbsize() == 0
r.close()
print("all checks passed")
