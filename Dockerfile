# A lab in a small image: one program, no compiler, no root.
#
#   docker build --build-arg LAB=lab1-blocking --tag lab1 .
#   docker run --rm --init lab1 --help
#
# docker-compose.yml builds and runs this. The tools that watch a lab have an image of their own: .devcontainer/Dockerfile.

# 1. Build the lab. Nothing of this stage is in the image but what the last stage copies.
FROM rust:1-slim-bookworm AS builder
WORKDIR /kit
# What all labs share takes most of the time. Docker keeps this step, so a change in lab 1, 2 or 3 is built in seconds. The
# tools in scripts/ are no part of this workspace: a change there builds nothing here.
COPY Cargo.toml Cargo.lock ./
COPY .cargo .cargo
COPY shared shared
COPY labs/lab4-fair labs/lab4-fair
RUN sed -i 's/"scripts[^"]*", //g' Cargo.toml && cargo build --release --package lab4-fair
COPY labs labs
ARG LAB=lab3-multiclient
RUN cargo build --release --package "$LAB" && install -D --strip "target/release/$LAB" "/out/$LAB"

# 2. Run the lab. It has the same Debian as the builder, so it has the libc that the program was linked to.
FROM debian:bookworm-slim AS lab
ARG LAB=lab3-multiclient
RUN useradd --create-home --uid 10001 lab && install -d --owner lab --group lab /lab /lab/logs
COPY --from=builder /out /usr/local/bin
COPY scripts/containers/as-owner /usr/local/bin/
# as-owner reads these, if the container is started as root. A container without options runs as lab.
ENV LAB=$LAB KIT_USER=lab KIT_OWNER=/lab KIT_FOLDERS=/lab/logs HOME=/home/lab
WORKDIR /lab
USER lab
# `exec` in each step: the lab is process 1, and gets the SIGTERM of `docker stop` itself.
ENTRYPOINT ["/bin/sh", "-c", "exec as-owner \"$LAB\" \"$@\"", "lab"]
# Other containers reach the server by its address in their network, and not by 127.0.0.1.
CMD ["serve", "--host", "0.0.0.0"]
