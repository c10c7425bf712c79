# shellcheck shell=bash
# Makes a folder the root file system of this mount namespace, which must be a private one. Sourced.

# enter_root ROOT FOLDER…: the folders appear in the new root at their own paths
enter_root() {
  local new_root=$1 path
  shift
  mount --bind "$new_root" "$new_root"
  for path in proc sys dev; do mount --rbind "/$path" "$new_root/$path"; done
  mount -t tmpfs tmpfs "$new_root/run"
  mount -t tmpfs tmpfs "$new_root/tmp"
  chmod 1777 "$new_root/tmp"
  for path in "$@"; do
    mkdir -p "$new_root$path"
    mount --bind "$path" "$new_root$path"
  done
  if [ -d /etc/ssl/certs ]; then mount --bind /etc/ssl/certs "$new_root/etc/ssl/certs"; fi
  cat /etc/hosts >"$new_root/etc/hosts"
  rm -f "$new_root/etc/resolv.conf"
  cat "$(name_servers)" >"$new_root/etc/resolv.conf"
  mkdir -p "$new_root/.old"
  cd "$new_root" || return
  pivot_root . .old
  umount -l /.old
  PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  hash -r
}

# The local resolver of systemd is out of a container's reach; the servers behind it are not.
name_servers() {
  local upstream=/run/systemd/resolve/resolv.conf
  if [ -e $upstream ] && grep -q '^nameserver 127\.' /etc/resolv.conf; then
    echo $upstream
  else
    echo /etc/resolv.conf
  fi
}
