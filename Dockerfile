# The bot as an image. `docker build -t aurora-chatops .`, then `docker run --read-only -v …:/etc/aurora-chatops-bot:ro -v …:/var/lib/aurora-chatops-bot
# aurora-chatops bot run --config /etc/aurora-chatops-bot/bot.yml`; docs/install-packages.md. An agent belongs on its host, not into a container.
#
# A tag may be moved, a digest may not: build a release with --build-arg BASE=node:24-bookworm-slim@sha256:…, the digest that you
# have looked up and looked at. It has to have Node 24.15 or newer, npm, and Debian's useradd.
ARG BASE=node:24-bookworm-slim

FROM ${BASE} AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
COPY release/node release/node
RUN npm ci
COPY . .
# What npm would install anywhere: with the documents and the held versions, and without what only builds.
RUN npm pack --silent && npm install --global --prefix /out --ignore-scripts ./aurora-chatops-*.tgz

FROM ${BASE}
ENV NODE_ENV=production
COPY --from=build /out/lib/node_modules/aurora-chatops /app
RUN useradd --system --uid 10001 --user-group --home-dir /var/lib/aurora-chatops-bot --shell /usr/sbin/nologin aurora-chatops-bot \
  && install -d -o 10001 -g 10001 -m 0700 /var/lib/aurora-chatops-bot
WORKDIR /var/lib/aurora-chatops-bot
# By number: who runs it can see without looking inside that it is not root.
USER 10001:10001
VOLUME /var/lib/aurora-chatops-bot
# Asks what HEALTH_URL names, the bot's own address (metrics.listen in bot.yml). Without it the container counts as healthy while it runs: a
# bot that has no such address must not be ended for that.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 CMD ["node", "/app/bin/ask-health.cjs"]
ENTRYPOINT ["/app/bin/aurora-chatops.cjs"]
CMD ["--help"]
