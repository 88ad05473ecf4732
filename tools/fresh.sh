# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# The first hour of somebody with nothing but a Debian and a clone: a bare root is made, what is
# committed is cloned into it, and the README's commands run there.
#
# Packages are fetched with the machine's network. Everything else has a network namespace of its
# own, empty, and mounts and processes that end with it. The root goes whatever happens.

fresh_dir=${BYWAY_FRESH_DIR:-/var/cache/byway/fresh}
fresh_roots=() # by Debian

suite_of() {
	case $1 in
	12) echo bookworm ;;
	13) echo trixie ;;
	*) die "fresh: Debian '$1'? 12 or 13" ;;
	esac
}

# What the machine's apt was told of the network and of dates holds in the root as well.
fresh_apt_options() {
	apt-config dump | grep -E '^Acquire::(https?|ftp|Check|Retries|ForceIPv|Max-)' || true
}

make_root() {
	local suite=$1 work=$2
	fresh_apt_options >"$work/options"
	debian_sources "$suite" >"$work/sources.list"
	# It looks for a root of nobody, and in a temporary directory that may be small.
	TMPDIR=$work mmdebstrap --variant=minbase --aptopt="$work/options" \
		"$suite" "$work/root" "$work/sources.list"
	echo force-unsafe-io >"$work/root/etc/dpkg/dpkg.cfg.d/fresh" # it lives for minutes
	cp -L /etc/resolv.conf "$work/root/etc/resolv.conf"
	as_owner git -C "$top" bundle create - HEAD >"$work/clone.bundle"
	git clone -q "$work/clone.bundle" "$work/root/root/byway"
	rm -rf "$work/root"/var/lib/apt/lists/* # as in an image
}

# fresh_run ROOT NETWORK COMMAND...: in the root's clone, with a terminal's output
fresh_run() {
	local root=$1 network=$2
	shift 2
	# shellcheck disable=SC2086 # none or one word
	exec unshare --mount --propagation private --pid --fork --kill-child $network \
		bash -euc '
		root=$1
		shift
		mount --bind "$root" "$root"
		mount --rbind /dev "$root/dev"
		mount -t proc proc "$root/proc"
		mount -t sysfs sysfs "$root/sys"
		mount -t tmpfs -o mode=755 run "$root/run"
		mount -t tmpfs -o mode=1777 shm "$root/dev/shm"
		mkdir "$root/run/lock"
		cd "$root"
		exec chroot . env -i HOME=/root TERM=dumb PATH=/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin \
			sh -c "cd /root/byway && \"\$@\"; exit \$?" sh "$@"' fresh "$root" "$@"
}

# Packages of earlier times need not come again.
fresh_packages_in() {
	local archives=$1/root/var/cache/apt/archives
	mkdir -p "$archives"
	cp -l "$2"/*.deb "$archives" 2>/dev/null || true
}

fresh_packages_out() {
	local archives=$1/root/var/cache/apt/archives deb
	mkdir -p "$2"
	for deb in "$archives"/*.deb; do
		[ ! -e "$deb" ] || cp -lf "$deb" "$2/"
	done
	find "$2" -name '*.deb' -ctime +30 -delete # kept ones have a new link each time
}

# Nothing is mounted there outside of the namespaces that have ended.
fresh_end() {
	[ ${#fresh_roots[@]} = 0 ] || rm -rf --one-file-system "${fresh_roots[@]}"
	fresh_roots=()
}

# fresh_make WHAT DEBIAN...: the roots and their packages, side by side: apt and dpkg use one core
fresh_make() {
	local kind=sriov debian suite
	[ "$1" != demo ] || kind=demo-pppoe
	shift
	mkdir -p "$fresh_dir"
	for debian; do
		suite=$(suite_of "$debian")
		fresh_roots[debian]=$(mktemp -d "$fresh_dir/$suite.XXXXXX")
		chmod 755 "${fresh_roots[debian]}"
		start "Debian $debian: a bare root" none make_root "$suite" "${fresh_roots[debian]}"
	done
	finish_all "making a root"
	for debian; do
		suite=$(suite_of "$debian")
		fresh_packages_in "${fresh_roots[debian]}" "$fresh_dir/$suite"
		start "Debian $debian: ./run deps $kind" steps \
			fresh_run "${fresh_roots[debian]}/root" "" ./run deps $kind
	done
	finish_all "./run deps"
	for debian; do
		fresh_packages_out "${fresh_roots[debian]}" "$fresh_dir/$(suite_of "$debian")"
	done
}

# fresh_step DEBIAN PATTERN COMMAND...: its closing lines are those from the last match of PATTERN
fresh_step() {
	local debian=$1 pattern=$2
	shift 2
	start "Debian $debian: $*" steps fresh_run "${fresh_roots[debian]}/root" --net "$@"
	finish
	check 60
	conclude "Debian $debian: $*" "$pattern" "$step_number"
}

fresh_one() {
	local debian=$1 what=$2
	if [ "$what" = demo ]; then
		fresh_step "$debian" "^== the lab is stopped" ./run demo --once
		fresh_step "$debian" "^== the lab is stopped" ./run demo pppoe --once
	else
		fresh_step "$debian" "^== summary" ./run test
	fi
	rm -rf --one-file-system "${fresh_roots[debian]}"
	unset "fresh_roots[debian]"
}

fresh_says() {
	if [ "$1" = demo ]; then
		echo "About 10 minutes on two cores, and 2.5 GB of disk for each Debian, of which" \
			"0.3 stay in $fresh_dir; what is not committed is not in it."
	else
		echo "About 35 minutes on two cores, and 6 GB of disk for each Debian."
	fi
}

# fresh [12|13]... [demo|test]
fresh() {
	local debians=() what=demo word steps=4
	for word; do
		case $word in
		demo | test) what=$word ;;
		*) debians+=("$word") ;;
		esac
	done
	[ ${#debians[@]} -gt 0 ] || debians=(12 13)
	[ "$what" = demo ] || steps=3
	need_root fresh
	for word in "${debians[@]}"; do suite_of "$word" >/dev/null; done
	steps_begin fresh $((1 + steps * ${#debians[@]}))
	trap 'fresh_end; steps_end' EXIT
	fresh_says "$what"
	need fresh
	[ -n "$(debian_sources trixie)" ] || die "no root can be made: $no_debian_source"
	fresh_make "$what" "${debians[@]}"
	for word in "${debians[@]}"; do fresh_one "$word" "$what"; done
	summary
}
