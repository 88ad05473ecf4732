# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# What a command needs of Debian, 12 or 13: the lists, and how they get here. Nothing names where
# packages are; that is the machine's own choice.

build_packages="build-essential pkg-config meson ninja-build libdpdk-dev libipsec-mb-dev
	libssl-dev libevent-dev libmnl-dev libedit-dev libjson-c-dev libcunit1-dev libnuma-dev
	libpcap-dev"
demo_packages="python3 iproute2 ethtool procps iputils-ping iperf3 curl"
# a PPPoE provider with a kernel of its own
isp_packages="user-mode-linux kmod ppp pppoe"
test_packages="$demo_packages $isp_packages python3-pytest python3-pytest-xdist
	python3-scapy traceroute"
sriov_packages="$test_packages kmod xz-utils"
bench_packages="dpdk dpdk-dev"
fmt_packages="git clang-format-14"
fresh_packages="git mmdebstrap debian-archive-keyring"

installed() {
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# package_list KIND: the packages that it takes
package_list() {
	case $1 in
	build) echo $build_packages ;;
	demo) echo $build_packages $demo_packages ;;
	demo-pppoe) echo $build_packages $demo_packages $isp_packages ;;
	test) echo $build_packages $test_packages ;;
	sriov) echo $build_packages $sriov_packages ;;
	bench) echo $build_packages $demo_packages $bench_packages ;;
	fmt) echo $fmt_packages ;;
	fresh) echo $fresh_packages ;;
	fuzz) echo $build_packages "$(clang_packages)" ;;
	all) echo $build_packages $sriov_packages $bench_packages $fresh_packages ;;
	*) return 1 ;;
	esac
}

# libFuzzer comes with the runtime of the clang that is this release's own.
clang_packages() {
	local version
	version=$(apt-cache depends clang 2>/dev/null | sed -n 's/.*Depends: clang-\([0-9]*\)$/\1/p')
	echo clang "libclang-rt-${version:-14}-dev"
}

# missing NAME...: those that are not installed
missing() {
	local p
	for p; do
		installed "$p" || printf '%s ' "$p"
	done
}

# The machine's sources of packages, one "URI SUITE" each; nothing is fetched for that.
package_sources() {
	apt-get update --print-uris 2>/dev/null |
		sed -nE "s|^'([^']*)/dists/([^']*)/(In)?Release'.*|\1 \2|p"
}

no_debian_source="this machine's apt names no source of Debian over the network
     (/etc/apt/sources.list and /etc/apt/sources.list.d)"

# debian_sources SUITE: lines of a sources.list: the machine's own sources of Debian (its release,
# updates and security), with that suite in place of its own
debian_sources() {
	local own key=/usr/share/keyrings/debian-archive-keyring.gpg
	own=$(. /etc/os-release && echo "${VERSION_CODENAME:-stable}")
	package_sources | grep -E '^https?:' | sort -u | sed -nE \
		"s#^([^ ]+) ($own|(old)*stable)((-updates|-security|/updates)?)\$#deb [signed-by=$key] \1 $1\4 main#p"
}

# Are there lists of packages, fetched today? The lists themselves are as old as where they came from.
lists_are_fresh() {
	local lists=/var/lib/apt/lists
	[ -n "$(find $lists -maxdepth 1 -name '*_Packages*' -print -quit 2>/dev/null)" ] &&
		[ -n "$(find $lists $lists/partial -maxdepth 0 -mtime -1 2>/dev/null)" ]
}

apt_install() {
	DEBIAN_FRONTEND=noninteractive LC_ALL=C apt-get install -q -y --no-install-recommends \
		-o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 "$@"
}

fetch_lists() {
	LC_ALL=C apt-get update -q -o DPkg::Lock::Timeout=300
}

# What a step runs: lists if there are none of today, and once more if a package is gone from there.
install_packages() {
	lists_are_fresh || fetch_lists || echo "going on with the lists that there are"
	apt_install "$@" && return
	fetch_lists
	apt_install "$@"
}

# need KIND: have its packages, by a step that there is only if some are missing
need() {
	local list
	list=$(package_list "$1") || die "deps: '$1'? build, demo, test, sriov, bench, fuzz, fmt or fresh"
	# shellcheck disable=SC2086 # lists of words
	list=$(missing $list)
	if [ -z "$list" ]; then
		step_count=$((step_count - 1))
		return
	fi
	command -v apt-get >/dev/null || die "not Debian; install yourself: $list"
	[ "$(id -u)" = 0 ] || die "packages are missing, run 'sudo ./run deps $1': $list"
	[ -n "$(package_sources)" ] || die "this machine's apt has no source of packages
     (/etc/apt/sources.list and /etc/apt/sources.list.d name none); missing are: $list"
	# shellcheck disable=SC2086 # a list of words
	step "installing $(wc -w <<<"$list") packages and what they need" apt install_packages $list
}
