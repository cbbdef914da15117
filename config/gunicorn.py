"""gunicorn: how the web process serves. Values that differ between places come from the environment."""

from pathlib import Path

from config import environment as env

bind = f"{env.text('BIND_HOST', '127.0.0.1')}:{env.number('PORT', 8000, least=1)}"
workers = env.number("WEB_WORKERS", 2, least=1)
# Threads let one worker answer /livez and short pages while another request waits for the database.
worker_class = "gthread"
threads = env.number("WEB_THREADS", 4, least=1)
# Loaded once and shared by the workers: half the time of a start and a good part of the memory.
preload_app = True
timeout = 30
graceful_timeout = 8
keepalive = 5
# A worker is renewed now and then, not both at once, so that slow leaks never matter.
max_requests = 5_000
max_requests_jitter = 1_000
# Heartbeat files on a disk can block a worker; shared memory cannot.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  (gunicorn unlinks the file at once)
# The structured request log names no addresses and no secrets; gunicorn's own would hold both.
accesslog = None
errorlog = "-"
loglevel = "warning"
control_socket_disable = True
