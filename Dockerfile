# syntax=docker/dockerfile:1

# Builds the program; the compiler and the test tools stay behind in this stage.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# `prepare` would build before the sources are here; the native parts come ready-made inside their packages.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
COPY testsite ./testsite
COPY scripts/bundle.js ./scripts/
RUN npm run build \
  && npm prune --omit=dev --ignore-scripts --no-audit --no-fund \
  && rm -f dist/build.tsbuildinfo

FROM node:24-bookworm-slim
# procps: Crawlee calls `ps`. tini: reaps the browser's children and passes signals on.
# chromium-headless-shell: the browser for pages that need script; it contacts nobody by itself.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends \
    ca-certificates \
    chromium-headless-shell \
    procps \
    tini \
  && rm -rf /var/lib/apt/lists/* \
  && install --directory --owner=node --group=node --mode=0750 /data

WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/testsite/texts ./testsite/texts
COPY config ./config
COPY schema ./schema
COPY LICENSE ./
# `docker compose exec harvester sputnik …`
RUN chmod 755 dist/src/cli/main.js && ln -s /app/dist/src/cli/main.js /usr/local/bin/sputnik

# Nothing is written outside of /data and /tmp, so the root file system may be read-only.
ENV NODE_ENV=production \
    MALLOC_ARENA_MAX=2 \
    MALLOC_TRIM_THRESHOLD_=131072 \
    HOME=/tmp \
    XDG_CACHE_HOME=/tmp/cache \
    SPUTNIK_DATA_DIR=/data \
    SPUTNIK_BROWSER_EXECUTABLE_PATH=/usr/bin/chromium-headless-shell
USER node
VOLUME ["/data"]
EXPOSE 8787

# Liveness needs no token. `serve` answers here unless web.port is changed.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8787/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]

STOPSIGNAL SIGTERM
ENTRYPOINT ["tini", "--", "node", "dist/src/cli/main.js"]
CMD ["serve"]
