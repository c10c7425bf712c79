# What debian/rules of every component shares: it sets `programs` (and `plugins`), then includes this.
# A component's files lie in folders of its own, so that it never collides with Debian's package of
# the same program.

include /usr/share/dpkg/pkg-info.mk

component := $(patsubst contrail-%,%,$(DEB_SOURCE))
upstream  := $(shell cat debian/upstream)
dest      := debian/$(DEB_SOURCE)
libdir    := /usr/lib/contrail/$(component)

export DEB_BUILD_MAINT_OPTIONS = hardening=+all

# Released tar files carry their configure script; making it again would only take time.
%:
	dh $@ --without autoreconf

override_dh_auto_install:
	install -D -m 755 -t $(dest)$(libdir) $(programs)
	$(if $(plugins),install -D -m 644 -t $(dest)$(libdir) $(plugins))
	install -D -m 644 debian/$(component).conf $(dest)/etc/contrail/$(component).conf
	install -d $(dest)/usr/bin
	sed -e 's|@VERSION@|$(DEB_VERSION)|' -e 's|@UPSTREAM@|$(upstream)|' debian/launcher \
		> $(dest)/usr/bin/$(DEB_SOURCE)
	chmod 755 $(dest)/usr/bin/$(DEB_SOURCE)

override_dh_gencontrol:
	dh_gencontrol -- -V'contrail:Upstream=$(upstream)'
