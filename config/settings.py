"""Settings. Everything that differs between places comes from the environment; see .env.example.

Missing secrets stop the start; nothing insecure is a default.
"""

from pathlib import Path
from urllib.parse import urlsplit

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config import environment as env

BASE_DIR = Path(__file__).resolve().parent.parent

environ.Env.read_env(BASE_DIR / ".env")

# --- Place ---------------------------------------------------------------------------------------

DEBUG = env.switch("DEBUG", default=False)
SECRET_KEY = env.key("SECRET_KEY", least=50)
# Former keys, for a while after a change: what they signed and encrypted stays readable.
SECRET_KEY_FALLBACKS = env.names("SECRET_KEY_FALLBACKS", "")
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = env.origins("CSRF_TRUSTED_ORIGINS")
SECURE_COOKIES = env.switch("SECURE_COOKIES", default=True)
# The exact public address, used in messages and QR codes instead of whatever Host header a client sends.
PUBLIC_BASE_URL = env.origin("PUBLIC_BASE_URL", secure=SECURE_COOKIES)
VAR_DIR = Path(env.text("VAR_DIR", str(BASE_DIR / "var")))

# Demonstration with invented people and known passwords: only ever on this machine.
DEMO = env.switch("DEMO", default=False)
# Where it listens counts as well: a Host header can say anything.
HOSTS = {*ALLOWED_HOSTS, urlsplit(PUBLIC_BASE_URL).hostname, env.text("BIND_HOST", "127.0.0.1")}
if DEMO and not HOSTS <= env.LOOPBACK_HOSTS:
    raise ImproperlyConfigured(
        "DEMO has accounts with known passwords: ALLOWED_HOSTS, PUBLIC_BASE_URL and BIND_HOST must be loopback only."
    )

# The invented town is for the demonstration alone.
REFERENCE_PACK = env.text("REFERENCE_PACK", "ornek" if DEBUG or DEMO else None)

# --- Parts ---------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "config",
    "common",
    "accounts",
    "departments",
    "notifications",
    "requests_app",
    "common.apps.GuardedAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_filters",
    "django_structlog",
    "pghistory",
    "pgtrigger",
    "rest_framework",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.ShortWay",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "config.middleware.NoNul",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.IdleTimeout",
    "accounts.middleware.StaffMFARequired",
    "config.middleware.AdminHistory",
    "config.middleware.DomainErrors",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context_processors.place",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Database, cache, broker ---------------------------------------------------------------------

DATABASES = {"default": env.database("DATABASE_URL")}
DATABASES["default"].update(
    ENGINE="config.database",
    CONN_MAX_AGE=600,
    CONN_HEALTH_CHECKS=True,
)
# A page never waits longer than this for a row or a query; background work goes in pieces that fit as well.
# Migrations take their time (config/management/commands/migrate.py).
DATABASES["default"].setdefault("OPTIONS", {}).update(
    options="-c statement_timeout=10s -c lock_timeout=5s -c idle_in_transaction_session_timeout=60s",
    application_name="acik-masa",
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.broker("REDIS_URL")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}

CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "max_retries": 1,
}
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "default"
# Each has a worker of its own (Procfile): what is done in a moment and must not wait (the sweeps above all), what may
# take a minute, and the lanes of messages. Not CELERY_…: Celery would take that for its own setting, which holds queues
# and not their names.
WORKER_QUEUES = ("default", "background", "otp", "transactional", "reply", "bulk")
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT = 110
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 20_000
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
# Each entry finds work that a lost bell left behind or that time made due; running one twice is harmless. What comes
# every ten seconds is dropped where nobody took it in time, for the next one does the same.
_SOON = {"expires": 30}
_SLOW = {"queue": "background"}
CELERY_BEAT_SCHEDULE = {
    "notifications-sweep": {"task": "notifications.sweep", "schedule": 10, "options": _SOON},
    "notifications-campaigns": {"task": "notifications.campaigns", "schedule": 10, "options": _SLOW | _SOON},
    "requests-sweep": {"task": "requests.sweep", "schedule": 10, "options": _SOON},
    "config-watch-bells": {"task": "config.watch_bells", "schedule": 60},
    "notifications-housekeeping": {"task": "notifications.housekeeping", "schedule": 3600, "options": _SLOW},
    "config-housekeeping": {"task": "config.housekeeping", "schedule": 3600, "options": _SLOW},
    "requests-housekeeping": {"task": "requests.housekeeping", "schedule": 3600, "options": _SLOW},
    # In office hours (UTC): nobody wants a reminder at night.
    "requests-unanswered-questions": {
        "task": "requests.unanswered_questions",
        "schedule": crontab(hour="7", minute="10"),
        "options": _SLOW,
    },
    "requests-orphaned-files": {
        "task": "requests.remove_orphaned_files",
        "schedule": crontab(hour="0", minute="40"),
        "options": _SLOW,
    },
} | {
    f"heartbeat-{queue}": {
        "task": "config.heartbeat",
        "args": [queue],
        "schedule": 10,
        "options": {"queue": queue, "expires": 30},
    }
    for queue in WORKER_QUEUES
}

# --- People --------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
# E-mail and password; refuses disabled accounts, and demo accounts outside the demonstration, at every request.
AUTHENTICATION_BACKENDS = ["accounts.backends.StaffBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk:queue"
LOGOUT_REDIRECT_URL = "account_login"
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600  # also the life of an invitation link
STAFF_MFA_REQUIRED = env.switch("STAFF_MFA_REQUIRED", default=True)
STAFF_IDLE_MINUTES = env.number("STAFF_IDLE_MINUTES", 30, least=1)

# Sign-in: e-mail and password, no sign-up, a second factor by authenticator app with recovery codes.
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]  # allauth wants it; there is no sign-up address
ACCOUNT_EMAIL_VERIFICATION = "none"  # accounts are made by colleagues
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = False  # the cookie ends with the browser
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if SECURE_COOKIES else "http"
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",  # a town hall shares one address
    "login_failed": "30/m/ip,5/5m/key",  # five wrong passwords close an account for five minutes
    "reset_password": "20/m/ip,3/10m/key",
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
}
MFA_ADAPTER = "accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Açık Masa"
MFA_TOTP_TOLERANCE = 1  # phones whose clock is half a minute off
MFA_ALLOW_UNVERIFIED_EMAIL = True
# Reverse proxies in front, so that rate limits see the client's address and not the proxy's.
TRUSTED_PROXY_COUNT = env.number("TRUSTED_PROXY_COUNT", 0, least=0)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT

# Calendar days without a reply to our question, after which the applicant is reminded once, and after which the
# work goes on without one: the clock does not stand still for ever.
QUESTION_REMINDER_DAYS = env.number("QUESTION_REMINDER_DAYS", 7, least=1)
QUESTION_RESUME_DAYS = env.number("QUESTION_RESUME_DAYS", 15, least=1)

# Months after which a finished request loses its personal data. The municipality's lawyer sets it.
RETENTION_MONTHS = env.number("RETENTION_MONTHS", 60, least=1)
# Announcements rest between these hours, by the municipality's clock.
QUIET_HOURS = env.hours("QUIET_HOURS", "21:00-09:00")
# SMS parts of announcements a year; a year that has begun keeps its own limit (admin).
ANNOUNCEMENT_QUOTA = env.number("ANNOUNCEMENT_QUOTA", 10_000_000, least=0)
# Whole months after which the messages of announcements are dropped with their phone numbers; totals stay.
ANNOUNCEMENT_RETENTION_MONTHS = env.number("ANNOUNCEMENT_RETENTION_MONTHS", 13, least=1)
# Days after which a finished message is deleted; until then it is evidence that the applicant was told.
MESSAGE_RETENTION_DAYS = env.number("MESSAGE_RETENTION_DAYS", 400, least=1)
# Days after which what gateways told us, with phone numbers and what citizens wrote, is erased.
NOTICE_RETENTION_DAYS = env.number("NOTICE_RETENTION_DAYS", 30, least=1)

# --- Language and time ---------------------------------------------------------------------------

LANGUAGE_CODE = "tr"
LANGUAGES = [("tr", _("Turkish")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Istanbul"
USE_TZ = True
FORMAT_MODULE_PATH = "config.formats"
USE_THOUSAND_SEPARATOR = True

# --- Files ---------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = VAR_DIR / "private"
STORAGES = {
    # Private files are for the desk and, by its group, the reverse proxy; static files are for everybody.
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"file_permissions_mode": 0o640},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# Five attachments of ten megabytes and the text around them; the reverse proxy refuses more.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 300
# More than any form takes, so that the form itself can say how many it takes and keep what was typed.
DATA_UPLOAD_MAX_NUMBER_FILES = 40
# Set where a reverse proxy serves private files from an internal location (X-Accel-Redirect).
PRIVATE_FILES_INTERNAL_PREFIX = env.text("PRIVATE_FILES_INTERNAL_PREFIX", "")
if PRIVATE_FILES_INTERNAL_PREFIX and not (
    PRIVATE_FILES_INTERNAL_PREFIX.startswith("/") and PRIVATE_FILES_INTERNAL_PREFIX.endswith("/")
):
    raise ImproperlyConfigured("PRIVATE_FILES_INTERNAL_PREFIX must be a path like /private/.")

# --- Security ------------------------------------------------------------------------------------

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "config.views.csrf_failure"
SECURE_SSL_REDIRECT = env.switch("SECURE_SSL_REDIRECT", default=SECURE_COOKIES)
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = env.number("SECURE_HSTS_SECONDS", 31_536_000 if SECURE_COOKIES else 0, least=0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_COOKIES
# Only a proxy of ours is believed; without one, anybody could send the header.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXY_COUNT else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Map tiles come from a third party, so there are none unless the municipality names a source.
MAP_TILE_URL = env.text("MAP_TILE_URL", "")
MAP_TILE_ATTRIBUTION = env.text("MAP_TILE_ATTRIBUTION", "")
MAP_TILE_ORIGIN = env.origin("MAP_TILE_ORIGIN") if MAP_TILE_URL else ""

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        # The second factor's QR code is a data: image.
        "img-src": [SELF, "data:", *([MAP_TILE_ORIGIN] if MAP_TILE_ORIGIN else [])],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

REST_FRAMEWORK = {
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
}

# --- Messages ------------------------------------------------------------------------------------

# What each gateway needs to sign in, all of it or nothing; the routes in the database say how they are used.
VERIMOR_USERNAME = env.text("VERIMOR_USERNAME", "")
VERIMOR_PASSWORD = env.text("VERIMOR_PASSWORD", "")
VERIMOR_API_BASE = env.origin("VERIMOR_API_BASE", "https://sms.verimor.com.tr", secure=True)
NETGSM_USERNAME = env.text("NETGSM_USERNAME", "")
NETGSM_PASSWORD = env.text("NETGSM_PASSWORD", "")
NETGSM_API_BASE = env.origin("NETGSM_API_BASE", "https://api.netgsm.com.tr", secure=True)
ILETIMERKEZI_KEY = env.text("ILETIMERKEZI_KEY", "")
ILETIMERKEZI_HASH = env.text("ILETIMERKEZI_HASH", "")
ILETIMERKEZI_API_BASE = env.origin("ILETIMERKEZI_API_BASE", "https://api.iletimerkezi.com", secure=True)
TWILIO_ACCOUNT_SID = env.text("TWILIO_ACCOUNT_SID", "")
TWILIO_AUTH_TOKEN = env.text("TWILIO_AUTH_TOKEN", "")
TWILIO_API_BASE = env.origin("TWILIO_API_BASE", "https://api.twilio.com", secure=True)
# Gateways that sign nothing: the secret in the path they call, and the addresses they call from. Without both,
# nothing they say is believed.
WEBHOOK_SECRET = env.key("WEBHOOK_SECRET", least=32, default="")
VERIMOR_ADDRESSES = env.networks("VERIMOR_ADDRESSES")
NETGSM_ADDRESSES = env.networks("NETGSM_ADDRESSES")
ILETIMERKEZI_ADDRESSES = env.networks("ILETIMERKEZI_ADDRESSES")

vars().update(env.email("EMAIL_URL", "consolemail://" if DEBUG or DEMO else None))
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "acik-masa@localhost")

# --- Logs and errors -----------------------------------------------------------------------------

LOG_FORMAT = env.choice("LOG_FORMAT", "json", "json", "console")
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False  # an address is personal data
# Without a token /metrics does not exist.
METRICS_TOKEN = env.text("METRICS_TOKEN", "")
SENTRY_DSN = env.text("SENTRY_DSN", "")

from config.logging import configure_errors, configure_logging  # noqa: E402  (needs nothing above but reads better last)

LOGGING = configure_logging(LOG_FORMAT)
configure_errors(SENTRY_DSN)
