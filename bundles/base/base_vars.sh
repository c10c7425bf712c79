# Variables that the scripts of base, compiler and runner read. A shared library that wheels need goes into
# base_packages, and its -dev package into compiler_packages.
export DEBIAN_FRONTEND=noninteractive
base_packages="ca-certificates media-types python3 python3-venv tzdata"
compiler_packages="build-essential libffi-dev libssl-dev pkgconf python3-dev python3-pip python3-setuptools python3-wheel"

# install PACKAGE...: Debian packages, without leaving lists or archives behind.
install() {
    apt-get --quiet update
    apt-get --quiet --yes install "$@"
    apt-get clean
    find /var/lib/apt/lists -type f ! -name lock -delete
}
