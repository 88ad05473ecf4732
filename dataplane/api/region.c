/* SPDX-License-Identifier: BSD-3-Clause */
#include "region.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/*
 * Every area starts on a page of its own, so that control's mapping can be
 * read-only but for what control writes.
 */
#define AREA_ALIGN 4096u

/* The areas in the order in which they lie in the file. */
enum area { CMD, EVT, PORTS, COUNTERS, CHECKPOINT, N_AREAS };

/* In bytes; 64 bits wide so that no header can make the sums wrap. */
struct extent {
	uint64_t offset;
	uint64_t size;
};

static uint64_t align_up(uint64_t n)
{
	return (n + AREA_ALIGN - 1) & ~(uint64_t)(AREA_ALIGN - 1);
}

/* Offsets and sizes as a header states them. */
static void layout_of(const struct bw_region_header *h, struct extent e[N_AREAS])
{
	e[CMD] = (struct extent) { h->cmd_ring, bw_ring_size(h->cmd_slots) };
	e[EVT] = (struct extent) { h->evt_ring, bw_ring_size(h->evt_slots) };
	e[PORTS] = (struct extent) { h->ports, (uint64_t)h->n_ports * sizeof(struct bw_port_info) };
	e[COUNTERS] = (struct extent) { h->counters,
		((uint64_t)h->n_workers + 1) * sizeof(struct bw_worker_counters) };
	e[CHECKPOINT] = (struct extent) { h->checkpoint, h->checkpoint_size };
}

/* Fill in a new header's offsets. */
static void layout_plan(struct bw_region_header *h)
{
	uint32_t *const offset[N_AREAS] = { &h->cmd_ring, &h->evt_ring, &h->ports, &h->counters,
		&h->checkpoint };
	uint64_t at = align_up(sizeof(*h));
	struct extent e[N_AREAS];

	layout_of(h, e);
	for (int i = 0; i < N_AREAS; i++) {
		*offset[i] = (uint32_t)at;
		at = align_up(at + e[i].size);
	}
	h->size = at;
}

/* h is a private copy: nobody can change what was checked. */
static void set_pointers(struct bw_region *r, uint8_t *base, const struct bw_region_header *h)
{
	r->header = (struct bw_region_header *)base;
	r->cmd = (struct bw_ring *)(base + h->cmd_ring);
	r->evt = (struct bw_ring *)(base + h->evt_ring);
	r->ports = (struct bw_port_info *)(base + h->ports);
	r->counters = (struct bw_worker_counters *)(base + h->counters);
	r->checkpoint = base + h->checkpoint;
	r->size = h->size;
	r->cmd_slots = h->cmd_slots;
	r->evt_slots = h->evt_slots;
	r->n_ports = h->n_ports;
	r->n_workers = h->n_workers;
	r->checkpoint_size = h->checkpoint_size;
}

static int make_file(uint64_t size)
{
	int fd = memfd_create("byway-region", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int err;

	if (fd < 0)
		return -errno;
	if (ftruncate(fd, (off_t)size) < 0 ||
		fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0) {
		err = -errno;
		close(fd);
		return err;
	}
	return fd;
}

int bw_region_create(struct bw_region *r, uint32_t n_workers, uint32_t n_ports)
{
	struct bw_region_header h = {
		.magic = BW_REGION_MAGIC,
		.version = BW_API_VERSION,
		.start_time = (uint64_t)time(NULL),
		.dp_pid = (uint32_t)getpid(),
		.n_workers = n_workers,
		.n_ports = n_ports,
		.cmd_slots = BW_CMD_SLOTS,
		.evt_slots = BW_EVT_SLOTS,
		.checkpoint_size = BW_CHECKPOINT_SIZE,
	};
	void *base;
	int fd;

	*r = (struct bw_region) { .fd = -1 };
	if (n_workers == 0 || n_workers > BW_MAX_WORKERS || n_ports > BW_MAX_PORTS)
		return -EINVAL;
	if (getrandom(&h.boot_id, sizeof(h.boot_id), 0) != sizeof(h.boot_id))
		return -EIO;
	layout_plan(&h);
	fd = make_file(h.size);
	if (fd < 0)
		return fd;
	base = mmap(NULL, h.size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (base == MAP_FAILED) {
		int err = -errno;

		close(fd);
		return err;
	}
	*(struct bw_region_header *)base = h;
	set_pointers(r, base, &h);
	r->fd = fd;
	return 0;
}

static bool power_of_two(uint32_t n)
{
	return n != 0 && (n & (n - 1)) == 0;
}

/* What is behind fd is a region of our version; -EPROTO if not. */
static int check_identity(const struct bw_region_header *h, int fd, uint64_t file_size)
{
	int seals = fcntl(fd, F_GET_SEALS);

	/* without the seal the file could shrink under us, and a read be a SIGBUS */
	if (seals < 0 || !(seals & F_SEAL_SHRINK))
		return -EPROTO;
	if (h->magic != BW_REGION_MAGIC || h->version != BW_API_VERSION)
		return -EPROTO;
	return h->size == file_size ? 0 : -EINVAL;
}

/* Areas lie in the file, in order, on pages of their own; -EINVAL if not. */
static int check_layout(const struct bw_region_header *h)
{
	uint64_t end = sizeof(*h);
	struct extent e[N_AREAS];

	if (!power_of_two(h->cmd_slots) || !power_of_two(h->evt_slots))
		return -EINVAL;
	if (h->n_workers == 0 || h->n_workers > BW_MAX_WORKERS || h->n_ports > BW_MAX_PORTS)
		return -EINVAL;
	layout_of(h, e);
	for (int i = 0; i < N_AREAS; i++) {
		if (e[i].offset % AREA_ALIGN != 0 || e[i].offset < align_up(end))
			return -EINVAL;
		end = e[i].offset + e[i].size;
		if (end > h->size)
			return -EINVAL;
	}
	return 0;
}

/* Control writes the rings and the checkpoint; the rest stays read-only. */
static int open_writable_areas(uint8_t *base, const struct bw_region_header *h)
{
	static const enum area writable[] = { CMD, EVT, CHECKPOINT };
	struct extent e[N_AREAS];

	layout_of(h, e);
	for (unsigned i = 0; i < sizeof(writable) / sizeof(writable[0]); i++) {
		const struct extent *a = &e[writable[i]];

		if (a->size != 0 && mprotect(base + a->offset, a->size, PROT_READ | PROT_WRITE) < 0)
			return -errno;
	}
	return 0;
}

int bw_region_attach(struct bw_region *r, int fd)
{
	struct bw_region_header h;
	struct stat st;
	void *base;
	int err;

	*r = (struct bw_region) { .fd = -1 };
	if (fstat(fd, &st) < 0) {
		err = -errno;
		goto fail_fd;
	}
	if (!S_ISREG(st.st_mode) || st.st_size < (off_t)sizeof(h)) {
		err = -EPROTO;
		goto fail_fd;
	}
	base = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (base == MAP_FAILED) {
		err = -errno;
		goto fail_fd;
	}
	memcpy(&h, base, sizeof(h));
	err = check_identity(&h, fd, (uint64_t)st.st_size);
	if (err == 0)
		err = check_layout(&h);
	if (err == 0)
		err = open_writable_areas(base, &h);
	if (err < 0)
		goto fail_map;
	set_pointers(r, base, &h);
	r->fd = fd;
	return 0;

fail_map:
	munmap(base, (size_t)st.st_size);
fail_fd:
	close(fd);
	return err;
}

void bw_region_free(struct bw_region *r)
{
	if (r->header) {
		munmap(r->header, r->size);
		close(r->fd);
	}
	*r = (struct bw_region) { .fd = -1 };
}

static void reset_ring(struct bw_ring *ring)
{
	atomic_store_explicit(&ring->head, 0, memory_order_relaxed);
	atomic_store_explicit(&ring->tail, 0, memory_order_release);
}

void bw_region_reset_rings(struct bw_region *r)
{
	reset_ring(r->cmd);
	reset_ring(r->evt);
}
