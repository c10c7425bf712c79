ARG BASE
FROM $BASE
RUN apt-get -o Acquire::Languages=none update \
    && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends \
        ca-certificates gcc libc6-dev python3-dev python3-pip python3-setuptools python3-wheel \
    && apt-get clean && rm -rf /var/lib/apt/lists/*
