# One image for bot and agent: `docker run … aurora-chatops bot --config /etc/aurora-chatops/bot.yml`.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY release/node release/node
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY bin bin
COPY src src
COPY commands commands
RUN npm run build && npm prune --omit=dev

FROM node:24-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json manifest.yml README.md LICENSE ./
COPY packaging packaging
RUN useradd --system --home-dir /var/lib/aurora-chatops --create-home aurora-chatops
USER aurora-chatops
VOLUME /var/lib/aurora-chatops
ENTRYPOINT ["node", "/app/dist/src/cli/main.js"]
CMD ["--help"]
