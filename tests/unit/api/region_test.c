/* SPDX-License-Identifier: BSD-3-Clause */
#include "suite.h"

#include "dataplane/api/region.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define WORKERS 3
#define PORTS	2

static struct bw_region make_region(void)
{
	struct bw_region r;

	CU_ASSERT_EQUAL_FATAL(bw_region_create(&r, WORKERS, PORTS), 0);
	return r;
}

/* Attach to r as another process would, through a descriptor of its own. */
static int attach_to(const struct bw_region *r, struct bw_region *seen)
{
	return bw_region_attach(seen, dup(r->fd));
}

static bool within(const struct bw_region *r, const void *p, size_t size)
{
	const uint8_t *base = (const uint8_t *)r->header;

	return (const uint8_t *)p >= base && (const uint8_t *)p + size <= base + r->size;
}

static void test_areas_lie_in_the_file_and_apart(void)
{
	struct bw_region r = make_region();
	struct stat st;

	CU_ASSERT_EQUAL(fstat(r.fd, &st), 0);
	CU_ASSERT_EQUAL((size_t)st.st_size, r.size);
	CU_ASSERT(within(&r, r.cmd, bw_ring_size(BW_CMD_SLOTS)));
	CU_ASSERT(within(&r, r.evt, bw_ring_size(BW_EVT_SLOTS)));
	CU_ASSERT(within(&r, r.ports, PORTS * sizeof(*r.ports)));
	CU_ASSERT(within(&r, r.counters, (WORKERS + 1) * sizeof(*r.counters)));
	CU_ASSERT(within(&r, r.checkpoint, BW_CHECKPOINT_SIZE));
	CU_ASSERT((uint8_t *)r.evt >= (uint8_t *)r.cmd + bw_ring_size(BW_CMD_SLOTS));
	CU_ASSERT((uint8_t *)r.ports >= (uint8_t *)r.evt + bw_ring_size(BW_EVT_SLOTS));
	CU_ASSERT((uint8_t *)r.counters >= (uint8_t *)(r.ports + PORTS));
	CU_ASSERT(r.checkpoint >= (uint8_t *)(r.counters + WORKERS + 1));
	CU_ASSERT_EQUAL((uintptr_t)r.counters % BW_CACHE_LINE, 0);
	bw_region_free(&r);
}

static void test_header_says_who_made_it(void)
{
	struct bw_region a = make_region();
	struct bw_region b = make_region();

	CU_ASSERT_EQUAL(a.header->magic, BW_REGION_MAGIC);
	CU_ASSERT_EQUAL(a.header->version, BW_API_VERSION);
	CU_ASSERT_EQUAL(a.header->dp_pid, (uint32_t)getpid());
	CU_ASSERT_NOT_EQUAL(a.header->boot_id, b.header->boot_id);
	bw_region_free(&a);
	bw_region_free(&b);
}

static void test_sizes_out_of_range_are_refused(void)
{
	struct bw_region r;

	CU_ASSERT_EQUAL(bw_region_create(&r, 0, 1), -EINVAL);
	CU_ASSERT_EQUAL(bw_region_create(&r, BW_MAX_WORKERS + 1, 1), -EINVAL);
	CU_ASSERT_EQUAL(bw_region_create(&r, 1, BW_MAX_PORTS + 1), -EINVAL);
	CU_ASSERT_EQUAL(bw_region_create(&r, BW_MAX_WORKERS, BW_MAX_PORTS), 0);
	bw_region_free(&r);
	CU_ASSERT_EQUAL(bw_region_create(&r, 1, 0), 0);
	bw_region_free(&r);
	bw_region_free(&r); /* twice is harmless */
}

static void test_file_cannot_change_its_size(void)
{
	struct bw_region r = make_region();

	CU_ASSERT(ftruncate(r.fd, 4096) < 0);
	CU_ASSERT(ftruncate(r.fd, (off_t)r.size + 4096) < 0);
	CU_ASSERT(fcntl(r.fd, F_ADD_SEALS, F_SEAL_WRITE) < 0); /* nor can seals be added */
	bw_region_free(&r);
}

static void test_both_sides_see_the_same(void)
{
	struct bw_region dp = make_region();
	struct bw_region ctl;
	struct bw_ring_view prod, cons;
	const struct bw_msg *m;

	CU_ASSERT_EQUAL_FATAL(attach_to(&dp, &ctl), 0);
	CU_ASSERT_PTR_NOT_EQUAL(ctl.header, dp.header);
	CU_ASSERT_EQUAL(ctl.n_workers, WORKERS);
	CU_ASSERT_EQUAL(ctl.n_ports, PORTS);
	CU_ASSERT_EQUAL(ctl.checkpoint_size, BW_CHECKPOINT_SIZE);
	CU_ASSERT_EQUAL(ctl.header->boot_id, dp.header->boot_id);
	bw_ring_producer(&prod, ctl.cmd, ctl.cmd_slots);
	bw_ring_consumer(&cons, dp.cmd, dp.cmd_slots);
	bw_ring_write(&prod)->hdr.cookie = 42;
	bw_ring_commit_write(&prod);
	m = bw_ring_read(&cons);
	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	CU_ASSERT_EQUAL(m->hdr.cookie, 42);
	dp.counters[WORKERS].drops[BW_DROP_MAX - 1] = 5;
	CU_ASSERT_EQUAL(ctl.counters[WORKERS].drops[BW_DROP_MAX - 1], 5);
	ctl.checkpoint[BW_CHECKPOINT_SIZE - 1] = 9;
	CU_ASSERT_EQUAL(dp.checkpoint[BW_CHECKPOINT_SIZE - 1], 9);
	bw_region_free(&ctl);
	bw_region_free(&dp);
}

static void test_rings_are_emptied(void)
{
	struct bw_region r = make_region();
	struct bw_ring_view v;

	for (int i = 0; i < 2; i++) {
		struct bw_ring *ring = i ? r.evt : r.cmd;

		bw_ring_producer(&v, ring, BW_CMD_SLOTS);
		for (int k = 0; k < 10; k++)
			bw_ring_write(&v);
		bw_ring_commit_write(&v);
	}
	bw_region_reset_rings(&r);
	bw_ring_consumer(&v, r.cmd, r.cmd_slots);
	CU_ASSERT_PTR_NULL(bw_ring_read(&v));
	bw_ring_consumer(&v, r.evt, r.evt_slots);
	CU_ASSERT_PTR_NULL(bw_ring_read(&v));
	bw_region_free(&r);
}

static sigjmp_buf after_fault;

static void on_fault(int sig)
{
	siglongjmp(after_fault, sig);
}

/* True if writing at p is a fault. */
static bool write_faults(volatile uint8_t *p)
{
	struct sigaction sa = { .sa_handler = on_fault }, old;
	volatile bool faulted = true;

	sigaction(SIGSEGV, &sa, &old);
	if (sigsetjmp(after_fault, 1) == 0) {
		*p = 1;
		faulted = false;
	}
	sigaction(SIGSEGV, &old, NULL);
	return faulted;
}

static void test_control_cannot_write_what_it_only_reads(void)
{
	struct bw_region dp = make_region();
	struct bw_region ctl;

	CU_ASSERT_EQUAL_FATAL(attach_to(&dp, &ctl), 0);
	CU_ASSERT(write_faults((uint8_t *)ctl.header));
	CU_ASSERT(write_faults((uint8_t *)ctl.ports));
	CU_ASSERT(write_faults((uint8_t *)ctl.counters));
	CU_ASSERT(write_faults((uint8_t *)(ctl.counters + WORKERS + 1) - 1));
	CU_ASSERT_FALSE(write_faults((uint8_t *)ctl.cmd));
	CU_ASSERT_FALSE(write_faults((uint8_t *)ctl.evt));
	CU_ASSERT_FALSE(write_faults(ctl.checkpoint + BW_CHECKPOINT_SIZE - 1));
	bw_region_free(&ctl);
	bw_region_free(&dp);
}

/* Set one 32-bit field of the header to a value, attach, put it back. */
static int attach_with(struct bw_region *r, size_t offset, uint32_t value)
{
	uint32_t *field = (uint32_t *)((uint8_t *)r->header + offset);
	const uint32_t old = *field;
	struct bw_region seen;
	int ret;

	*field = value;
	ret = attach_to(r, &seen);
	*field = old;
	bw_region_free(&seen);
	return ret;
}

static void test_other_versions_are_refused(void)
{
	struct bw_region r = make_region();
	const size_t magic = offsetof(struct bw_region_header, magic);
	const size_t version = offsetof(struct bw_region_header, version);

	CU_ASSERT_EQUAL(attach_with(&r, magic, 0), -EPROTO);
	CU_ASSERT_EQUAL(attach_with(&r, magic, BW_REGION_MAGIC ^ 1), -EPROTO);
	CU_ASSERT_EQUAL(attach_with(&r, version, 0), -EPROTO);
	CU_ASSERT_EQUAL(attach_with(&r, version, BW_API_VERSION + 1), -EPROTO);
	CU_ASSERT_EQUAL(attach_with(&r, version, BW_API_VERSION), 0);
	bw_region_free(&r);
}

static void test_corrupt_offsets_are_refused(void)
{
	static const size_t field[] = {
		offsetof(struct bw_region_header, cmd_ring),
		offsetof(struct bw_region_header, evt_ring),
		offsetof(struct bw_region_header, ports),
		offsetof(struct bw_region_header, counters),
		offsetof(struct bw_region_header, checkpoint),
	};
	struct bw_region r = make_region();
	const uint32_t size = (uint32_t)r.size;

	for (size_t i = 0; i < sizeof(field) / sizeof(field[0]); i++) {
		const uint32_t good = *(uint32_t *)((uint8_t *)r.header + field[i]);
		const uint32_t bad[] = { 0, 1, good - 1, good + 1, good - 4096, size - 4096, size,
			size + 4096, UINT32_MAX, UINT32_MAX & ~4095u, 1u << 31 };

		for (size_t k = 0; k < sizeof(bad) / sizeof(bad[0]); k++)
			CU_ASSERT_EQUAL(attach_with(&r, field[i], bad[k]), -EINVAL);
		CU_ASSERT_EQUAL(attach_with(&r, field[i], good), 0);
	}
	bw_region_free(&r);
}

static void test_corrupt_counts_are_refused(void)
{
	static const struct {
		size_t field;
		uint32_t bad[6];
	} row[] = {
		{ offsetof(struct bw_region_header, cmd_slots),
			{ 0, 3, BW_CMD_SLOTS - 1, BW_CMD_SLOTS * 2, 1u << 31, UINT32_MAX } },
		{ offsetof(struct bw_region_header, evt_slots),
			{ 0, 3, BW_EVT_SLOTS + 1, BW_EVT_SLOTS * 2, 1u << 31, UINT32_MAX } },
		{ offsetof(struct bw_region_header, n_ports),
			{ BW_MAX_PORTS + 1, 1000, 1u << 16, 1u << 24, 1u << 31, UINT32_MAX } },
		{ offsetof(struct bw_region_header, n_workers),
			{ 0, WORKERS + 1, BW_MAX_WORKERS + 1, 1u << 16, 1u << 31, UINT32_MAX } },
		{ offsetof(struct bw_region_header, checkpoint_size),
			{ BW_CHECKPOINT_SIZE + 1, BW_CHECKPOINT_SIZE * 2, 1u << 24, 1u << 30,
				1u << 31, UINT32_MAX } },
	};
	struct bw_region r = make_region();

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		for (size_t k = 0; k < 6; k++)
			CU_ASSERT_EQUAL(attach_with(&r, row[i].field, row[i].bad[k]), -EINVAL);
	}
	bw_region_free(&r);
}

/* Every bit of the header flipped: attached whole, or refused; never outside the file. */
static void test_every_flipped_bit(void)
{
	struct bw_region r = make_region();
	uint8_t *header = (uint8_t *)r.header;

	for (size_t bit = 0; bit < sizeof(struct bw_region_header) * 8; bit++) {
		struct bw_region seen;

		header[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (attach_to(&r, &seen) == 0) {
			CU_ASSERT(within(&seen, seen.cmd, bw_ring_size(seen.cmd_slots)));
			CU_ASSERT(within(&seen, seen.evt, bw_ring_size(seen.evt_slots)));
			CU_ASSERT(within(&seen, seen.ports, seen.n_ports * sizeof(*seen.ports)));
			CU_ASSERT(within(&seen, seen.counters,
				(seen.n_workers + 1) * sizeof(*seen.counters)));
			CU_ASSERT(within(&seen, seen.checkpoint, seen.checkpoint_size));
		} else {
			CU_ASSERT_PTR_NULL(seen.header);
		}
		header[bit / 8] ^= (uint8_t)(1u << bit % 8);
		bw_region_free(&seen);
	}
	bw_region_free(&r);
}

/* A file with the first `size` bytes of r's header, sealed or not. */
static int make_file(const struct bw_region *r, size_t size, bool seal)
{
	int fd = memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	size_t n = size < sizeof(*r->header) ? size : sizeof(*r->header);

	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_EQUAL(ftruncate(fd, (off_t)size), 0);
	CU_ASSERT_EQUAL(pwrite(fd, r->header, n, 0), (ssize_t)n);
	if (seal)
		CU_ASSERT_EQUAL(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK), 0);
	return fd;
}

static void test_every_truncation_is_refused(void)
{
	struct bw_region r = make_region();
	struct bw_region seen;

	for (size_t size = 0; size < sizeof(*r.header); size++)
		CU_ASSERT_EQUAL(bw_region_attach(&seen, make_file(&r, size, true)), -EPROTO);
	for (size_t size = sizeof(*r.header); size < r.size; size += 61 * 1000)
		CU_ASSERT_EQUAL(bw_region_attach(&seen, make_file(&r, size, true)), -EINVAL);
	CU_ASSERT_EQUAL(bw_region_attach(&seen, make_file(&r, r.size - 1, true)), -EINVAL);
	CU_ASSERT_EQUAL(bw_region_attach(&seen, make_file(&r, r.size + 1, true)), -EINVAL);
	CU_ASSERT_EQUAL(bw_region_attach(&seen, make_file(&r, r.size, true)), 0);
	bw_region_free(&seen);
	bw_region_free(&r);
}

static void test_what_is_no_region_is_refused(void)
{
	struct bw_region r = make_region();
	struct bw_region seen;
	int pipes[2];

	/* one that could still shrink */
	CU_ASSERT_EQUAL(bw_region_attach(&seen, make_file(&r, r.size, false)), -EPROTO);
	CU_ASSERT_EQUAL(pipe(pipes), 0);
	CU_ASSERT_EQUAL(bw_region_attach(&seen, pipes[0]), -EPROTO);
	CU_ASSERT(fcntl(pipes[0], F_GETFD) < 0); /* taken and closed all the same */
	close(pipes[1]);
	CU_ASSERT_EQUAL(bw_region_attach(&seen, -1), -EBADF);
	bw_region_free(&r);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "areas lie in the file and apart", test_areas_lie_in_the_file_and_apart },
		{ "the header says who made it", test_header_says_who_made_it },
		{ "sizes out of range are refused", test_sizes_out_of_range_are_refused },
		{ "the file cannot change its size", test_file_cannot_change_its_size },
		{ "both sides see the same", test_both_sides_see_the_same },
		{ "rings are emptied", test_rings_are_emptied },
		{ "control cannot write what it only reads",
			test_control_cannot_write_what_it_only_reads },
		{ "other versions are refused", test_other_versions_are_refused },
		{ "corrupt offsets are refused", test_corrupt_offsets_are_refused },
		{ "corrupt counts are refused", test_corrupt_counts_are_refused },
		{ "every flipped bit", test_every_flipped_bit },
		{ "every truncation is refused", test_every_truncation_is_refused },
		{ "what is no region is refused", test_what_is_no_region_is_refused },
		CU_TEST_INFO_NULL,
	};

	return run_suite("region", tests);
}
