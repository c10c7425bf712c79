# shellcheck shell=bash
# The bridge of a private engine and the rules that let its containers out. Sourced.
#
# The engine itself runs with `iptables: false`: two engines that both write iptables flush each
# other's chains. Four rules of our own for a whole range of addresses do the same work.

# network_up FOLDER: creates a free bridge; sets $bridge and $range (10.N), and keeps them in a file
network_up() {
  local number error
  network_down "$1"
  for number in {213..254}; do
    bridge=tbuild$number
    range=10.$number
    if ip link show "$bridge" >/dev/null 2>&1 || range_is_used "$range.0.0/16"; then continue; fi
    error=$(ip link add "$bridge" type bridge 2>&1) ||
      fail "cannot create a network bridge: $error" \
        "a private engine needs a kernel with bridges, and the right to make them (a privileged container)"
    echo "$bridge $range" >"$1/network"
    ip address add "$range.0.1/24" dev "$bridge"
    ip link set "$bridge" up
    if ! error=$(network_rules -I 2>&1); then
      network_down "$1"
      fail "cannot add an iptables rule: $error" \
        "containers reach the network through one; the kernel needs nf_tables and NAT"
    fi
    return
  done
  fail "every range from 10.213.0.0/16 to 10.254.0.0/16 is in use" "free one of them"
}

# network_down FOLDER: removes what network_up made
network_down() {
  local interface
  [ -e "$1/network" ] || return 0
  read -r bridge range <"$1/network"
  network_rules -D >/dev/null 2>&1 || true
  # Its bridge, and those of networks that were made in it by hand.
  for interface in "$bridge" $(ip -br -4 address | sed -n "s/^\(br-[^ ]*\) .* $range\..*/\1/p"); do
    ip link delete "$interface" 2>/dev/null || true
  done
  if ip link show "$bridge" >/dev/null 2>&1; then
    fail "the network bridge $bridge cannot be removed" "see \`ip link delete $bridge\`"
  fi
  rm -f "$1/network"
}

range_is_used() {
  ip -4 route show root "$1" | grep -q . || ip -4 route show match "$1" | grep -qv '^default'
}

# network_rules -I|-D: out to the network, between containers, and to ports published on the host
network_rules() {
  local status=0
  tables -t nat "$1" POSTROUTING -s "$range.0.0/16" ! -d "$range.0.0/16" -j MASQUERADE || status=1
  tables "$1" FORWARD -s "$range.0.0/16" -j ACCEPT || status=1
  tables "$1" FORWARD -d "$range.0.0/16" -j ACCEPT || status=1
  tables "$1" INPUT -i "$bridge" -j ACCEPT || status=1
  return $status
}

tables() {
  if [ -z "${iptables:-}" ]; then
    iptables=iptables
    if ! iptables -w -t nat -S >/dev/null 2>&1 && iptables-legacy -w -t nat -S >/dev/null 2>&1; then
      iptables='iptables-legacy'
    fi
  fi
  "$iptables" -w "$@"
}
