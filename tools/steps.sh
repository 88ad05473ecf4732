# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Steps of a command: what runs and how far it is on the terminal, its output in one log file.
#
#   steps_begin NAME COUNT     the log and the number of steps to come
#   start TITLE KIND COMMAND   run it beside others; KIND says what its output tells of progress
#   finish                     wait for all that was started; those that failed are in `unfinished`
#   step TITLE KIND COMMAND    both, and the end of everything if it fails
#   step_log N                 the file with the output of what was started as the Nth

log=
parts=
step_count=0
step_number=0
jobs_pid=()
jobs_title=()
jobs_kind=()
unfinished=()
# A line for each state on a terminal that has one; elsewhere one line a minute.
if [ -t 1 ] && [ "${TERM:-dumb}" != dumb ]; then
	live=yes
else
	live=
fi

say() { printf '\n== %s\n' "$*"; }

die() {
	printf '%s: %s\n' "${program:-run}" "$*" >&2
	exit 1
}

# Where logs are: the machine's for root, the user's else. Those of past weeks go.
steps_begin() {
	local dir=/var/log/byway
	[ "$(id -u)" = 0 ] || dir=${XDG_STATE_HOME:-$HOME/.local/state}/byway
	mkdir -p "$dir"
	find "$dir" -maxdepth 1 -name '*.log' -mtime +14 -delete
	log=$(mktemp "$dir/$1-$(date +%Y%m%d-%H%M%S)-XXXX.log")
	parts=$(mktemp -d)
	step_count=$2
	step_number=0
	trap 'steps_end $?' EXIT
	trap 'steps_interrupt' INT TERM HUP
}

# What was started and runs yet ends as at Ctrl-C; a second time it ends at once.
steps_interrupt() {
	local pid signal
	trap '' INT TERM HUP
	for signal in INT TERM KILL; do
		for pid in "${jobs_pid[@]}"; do
			kill -s $signal -- "-$pid" 2>/dev/null || true
		done
		for _ in {1..50}; do
			jobs_run || break 2
			sleep 0.2
		done
	done
	wait
	printf '\n%s: interrupted\n' "${program:-run}" >&2
	exit 130
}

jobs_run() {
	local pid
	for pid in "${jobs_pid[@]}"; do
		! kill -0 "$pid" 2>/dev/null || return 0
	done
	return 1
}

steps_end() {
	[ -z "$parts" ] || rm -rf "$parts"
	[ ! -s "$log" ] || [ -n "${log_said:-}" ] || printf 'log: %s\n' "$log"
}

step_log() { printf '%s/%s' "$parts" "$1"; }

start() {
	local title=$1 kind=$2
	shift 2
	step_number=$((step_number + 1))
	[ -n "$live" ] || printf '[%d/%d] %s ...\n' "$step_number" "$step_count" "$title"
	set -m # a process group of its own, so that all of it can be ended
	"$@" >"$(step_log $step_number)" 2>&1 </dev/null &
	set +m
	jobs_pid[step_number]=$!
	jobs_title[step_number]=$title
	jobs_kind[step_number]=$kind
}

# progress KIND FILE: what the output so far tells
progress() {
	case $1 in
	ninja) grep -ao '^\[[0-9]*/[0-9]*\]' "$2" | tail -n 1 | tr -d '[]' ;;
	apt)
		awk '/newly installed/ { for (i = 1; i < NF; i++) if ($(i + 1) == "newly") all = $i }
			/^Get:/ { got++ } /^Unpacking / { un++ } /^Setting up / { up++ }
			END { if (un) print un, "unpacked,", up + 0, "set up of", all
			      else if (got) print got, "fetched" }' "$2"
		;;
	units) printf '%s of %s' "$(grep -ac '^-- .*: ' "$2")" "$(sed -n 's/^units: //p' "$2")" ;;
	pytest)
		printf '%s of %s' "$(grep -aEc ' (PASSED|FAILED|ERROR|SKIPPED|XFAIL)' "$2")" \
			"$(sed -nE -e 's/^collect(ed|ing).* ([0-9]+) items?.*/\2/p' \
				-e 's/^([0-9]+ workers|gw0) \[([0-9]+).*/\2/p' "$2" | tail -n 1)"
		;;
	steps) grep -aoE '^\[[0-9]+/[0-9]+\] .*' "$2" | tail -n 1 | sed -E 's/( \.\.\.|, [0-9]+ s)$//' ;;
	esac
}

# state N BEGIN: the Nth step's line
state() {
	local how
	how=$(progress "${jobs_kind[$1]}" "$(step_log "$1")" 2>/dev/null) || true
	printf '[%d/%d] %s %s%s' "$1" "$step_count" "${jobs_title[$1]}" "${how:+$how, }" \
		"$((SECONDS - $2)) s"
}

over() {
	local n=$1 begin=$2 status=0 verdict
	wait "${jobs_pid[n]}" || status=$?
	verdict=done
	if [ $status != 0 ]; then
		verdict="FAILED ($status)"
		unfinished+=("$n")
	fi
	[ -z "$live" ] || printf '\r\033[K'
	printf '[%d/%d] %s: %s, %d s\n' "$n" "$step_count" "${jobs_title[n]}" "$verdict" \
		"$((SECONDS - begin))"
	printf '\n== %s\n' "${jobs_title[n]}" >>"$log"
	cat "$(step_log "$n")" >>"$log"
	unset "jobs_pid[n]"
}

finish() {
	local begin=$SECONDS told=$SECONDS n line
	unfinished=()
	while [ ${#jobs_pid[@]} -gt 0 ]; do
		for n in "${!jobs_pid[@]}"; do
			kill -0 "${jobs_pid[n]}" 2>/dev/null || over "$n" "$begin"
		done
		[ ${#jobs_pid[@]} -gt 0 ] || break
		line=
		for n in "${!jobs_pid[@]}"; do
			line+="${line:+ | }$(state "$n" "$begin")"
		done
		if [ -n "$live" ]; then
			printf '\r\033[K%.*s' "$((${COLUMNS:-80} - 1))" "$line"
		elif [ $((SECONDS - told)) -ge 60 ]; then
			told=$SECONDS
			printf '%s\n' "$line"
		fi
		sleep 0.3
	done
}

# finish_all TITLE: or the end of everything if something failed
finish_all() {
	finish
	[ ${#unfinished[@]} = 0 ] || fail "$1"
}

step() {
	start "$@"
	finish_all "$1"
}

# The end of it, with the last of what was said.
fail() {
	local n
	for n in "${unfinished[@]}"; do
		printf -- '-- the end of "%s":\n' "${jobs_title[n]}" >&2
		tail -n 25 "$(step_log "$n")" >&2
	done
	die "$1 failed; the whole log: $log"
}
