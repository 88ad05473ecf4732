/* SPDX-License-Identifier: BSD-3-Clause */
/* Large tables: zeroed memory that is taken from the system only as it is touched. */
#ifndef DATAPLANE_NAT_MEM_H
#define DATAPLANE_NAT_MEM_H

#include <stddef.h>
#include <sys/mman.h>

#define NAT_HUGE_PAGE (2u << 20)

/* NULL if there is no memory. Free with nat_unmap() and the same size. */
static inline void *nat_map(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	/* spread over many small pages, every lookup would miss the TLB too */
	if (size >= 2 * NAT_HUGE_PAGE)
		madvise(p, size, MADV_HUGEPAGE);
	return p;
}

static inline void nat_unmap(void *p, size_t size)
{
	if (p)
		munmap(p, size);
}

#endif
