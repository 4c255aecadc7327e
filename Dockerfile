# Two images from one file: `service`, which is any of the five by its command (`python -m gateway`, …), and `web`, which
# is nginx with the browser client.
#
# One image for the five, because they share most of what they import: one build, one thing to scan, one layer in memory.
# Who wants a lean one asks for it: `docker build --target service --build-arg EXTRAS=gateway .`
#
# What is installed is requirements.lock, by hash; deploy/select_requirements.py leaves out what only tests and the
# embedded profile need. ChatFlow itself is not installed but copied: a build backend would be fetched without a hash.
ARG PYTHON=python:3.13-slim
ARG NGINX=nginx:1.28

# ---- what the services import
FROM ${PYTHON} AS packages
ARG EXTRAS=gateway,chat,message,user,notification
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
RUN python -m venv /venv
WORKDIR /build
COPY pyproject.toml requirements.lock ./
COPY deploy/select_requirements.py deploy/
RUN python deploy/select_requirements.py "${EXTRAS}" > needed.txt \
    && /venv/bin/pip install --require-hashes --only-binary :all: --requirement needed.txt \
    && /venv/bin/pip uninstall --yes pip

# ---- a service
FROM ${PYTHON} AS service
# A fixed number, so that volumes keep their owner whatever the base image calls it.
RUN useradd --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin chatflow \
    && install --directory --owner chatflow --mode 0700 /var/lib/chatflow
COPY --from=packages /venv /venv
WORKDIR /app
COPY deploy/ready.py ./
COPY chatflow chatflow
COPY chatflow_django chatflow_django
COPY gateway gateway
COPY chat_service chat_service
COPY message_service message_service
COPY user_service user_service
COPY notification_service notification_service
COPY docs/api docs/api
# Now, because the services may not write here.
RUN /venv/bin/python -m compileall -q .
# A thread's own arena costs megabytes and gains nothing under a lock (MALLOC_ARENA_MAX).
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    MALLOC_ARENA_MAX=2 \
    CHATFLOW_HOST=0.0.0.0 \
    CHATFLOW_PORT=8080 \
    CHATFLOW_DATA_DIR=/var/lib/chatflow
USER 10001
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s --retries=3 CMD ["python", "-I", "-S", "ready.py"]
# Which service it is, whoever starts it says.
CMD ["python", "-c", "raise SystemExit('name a service: docker run IMAGE python -m gateway')"]

# ---- the browser client, built by the Node that comes as a wheel
FROM ${PYTHON} AS ui
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /build
COPY pyproject.toml requirements.lock ./
COPY deploy/select_requirements.py deploy/
RUN python deploy/select_requirements.py --only ui > needed.txt \
    && pip install --require-hashes --only-binary :all: --requirement needed.txt
COPY chat_ui chat_ui
RUN python chat_ui/build.py && rm chat_ui/dist/built-from.txt

# ---- what faces the world
FROM ${NGINX} AS web
COPY deploy/nginx.conf deploy/security_headers.conf /etc/nginx/
COPY --from=ui /build/chat_ui/dist /usr/share/nginx/html
# The image brings this user; below port 1024 nothing listens, so no root is needed.
USER nginx
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=5s --start-period=10s --retries=3 \
    CMD ["curl", "--fail", "--silent", "--output", "/dev/null", "http://127.0.0.1:8080/edge-health"]
