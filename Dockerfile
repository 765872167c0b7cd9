# Repartee in a container: not root, works with a read-only root (`docker run --read-only --tmpfs /tmp --volume data:/data`).
#
# The web parts are built with the development packages, which stay in the first stage; the second installs what the server runs with; the third has neither npm's
# cache nor any build tool's leftovers.
FROM node:24-trixie-slim AS web
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build

FROM node:24-trixie-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional && npm cache clean --force

FROM node:24-trixie-slim
# pg_dump and pg_restore, for `backup` and `restore` on a PostgreSQL of up to 17.
RUN apt-get update && apt-get install --yes --no-install-recommends postgresql-client && rm -rf /var/lib/apt/lists/*
WORKDIR /app
# Everything belongs to root and is read alone; what is written is under DATA_DIR.
COPY --from=packages /app/node_modules ./node_modules
COPY --from=web /app/dist ./dist
COPY bin ./bin
COPY demo ./demo
COPY scripts ./scripts
COPY src ./src
COPY package.json LICENSE ./
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data
# `docker exec NAME repartee doctor`
RUN ln -s /app/bin/repartee.js /usr/local/bin/repartee && mkdir --mode=700 /data && chown node:node /data
USER 1000:1000
VOLUME /data
EXPOSE 3000
# A worker answers it too.
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# No npm in between: signals reach the server.
ENTRYPOINT ["node", "--max-semi-space-size=16", "bin/repartee.js"]
CMD ["start"]
