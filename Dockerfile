# One static binary on an empty image. Data is in /data.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X interlink/cmd/interlink/node.Version=${VERSION}" -o /interlink ./cmd/interlink \
    && mkdir /data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /interlink /interlink
COPY --from=build --chown=65532:65532 /data /data
# Archives and large forms are written there first.
COPY --from=build --chown=65532:65532 /data /tmp
USER 65532:65532
VOLUME /data
ENV INTERLINK_DATA_DIR=/data INTERLINK_LISTEN=0.0.0.0:8080
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["/interlink", "health"]
ENTRYPOINT ["/interlink"]
CMD ["serve"]
