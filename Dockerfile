# Build stage: a virtual environment with the locked packages and the app.
FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
RUN python -m venv /opt/genre-sorter
COPY requirements.lock ./
RUN /opt/genre-sorter/bin/python -m pip install --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY app ./app
COPY templates ./templates
COPY static ./static
RUN /opt/genre-sorter/bin/python -m pip install --no-deps --no-build-isolation .

# The image itself: Python, the environment, a user without rights and one folder to keep.
FROM python:3.13-slim
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/genre-sorter genre-sorter
COPY --from=build /opt/genre-sorter /opt/genre-sorter
WORKDIR /var/lib/genre-sorter
RUN mkdir data && chown genre-sorter data
USER 10001
# A proxy outside of the container is a peer of its network: TRUSTED_PROXIES has to name it.
ENV HOST=0.0.0.0 PORT=8000 LOG_FORMAT=json KV_URL=sqlite:////var/lib/genre-sorter/data/genre-sorter.db
VOLUME /var/lib/genre-sorter/data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=3s --start-period=5s CMD ["/opt/genre-sorter/bin/python", "-c", "import os, urllib.request; urllib.request.urlopen(f\"http://127.0.0.1:{os.environ['PORT']}/healthz\", timeout=2)"]
CMD ["/opt/genre-sorter/bin/genre-sorter", "serve"]
