# Two images from one file: `desk` runs every process of the Procfile, `proxy` serves static and private files.

FROM python:3.11-slim AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements.txt .
RUN /opt/venv/bin/pip install --require-hashes --no-deps -r requirements.txt


FROM python:3.11-slim AS desk
# The group is also the proxy's, which reads private files; see below.
RUN groupadd --gid 10001 desk && useradd --uid 10001 --gid desk --no-create-home --shell /usr/sbin/nologin desk
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    VAR_DIR=/var/lib/acik-masa \
    BIND_HOST=0.0.0.0 \
    PORT=8000
COPY --from=packages /opt/venv /opt/venv
WORKDIR /srv/acik-masa
COPY . .
# The values serve this one command and stay in no layer's environment.
RUN mkdir -p "$VAR_DIR/private" && chown -R desk:desk "$VAR_DIR" && chmod 750 "$VAR_DIR/private" \
    && SECRET_KEY=only-for-collectstatic-and-never-for-a-running-desk ALLOWED_HOSTS=localhost \
       PUBLIC_BASE_URL=https://localhost EMAIL_URL=consolemail:// REFERENCE_PACK=ornek \
       DATABASE_URL=postgres://nobody@localhost/nothing REDIS_URL=redis://localhost/0 \
       python manage.py collectstatic --noinput --verbosity 0
USER desk
VOLUME /var/lib/acik-masa/private
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD ["python", "deploy/healthcheck.py"]
CMD ["gunicorn", "--config", "config/gunicorn.py", "config.wsgi"]


FROM nginx:1.28-alpine AS proxy
RUN addgroup -g 10001 desk && addgroup nginx desk
COPY deploy/nginx/desk.conf.template /etc/nginx/templates/default.conf.template
COPY deploy/nginx/pages /srv/pages
COPY --from=desk /var/lib/acik-masa/static /srv/static
