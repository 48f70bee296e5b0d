# A published graph in a container: built once, then served read-only by a user without rights.
#   docker build -t graph . && docker run --read-only --tmpfs /tmp -p 8000:8000 graph
FROM python:3.13-slim AS build
WORKDIR /graph
COPY . .
RUN pip install --no-cache-dir --prefix=/install '.[serve]' && PYTHONPATH=/install/lib/python3.13/site-packages python -m kg build

FROM python:3.13-slim
COPY --from=build /install /usr/local
COPY --from=build /graph/pyproject.toml /graph/
COPY --from=build /graph/build /graph/build
RUN useradd --system --no-create-home kg
USER kg
WORKDIR /graph
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=3s CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health', timeout=2)"]
ENTRYPOINT ["kg", "serve", "--host", "0.0.0.0"]
