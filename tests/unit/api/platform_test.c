/* SPDX-License-Identifier: BSD-3-Clause */
#include "suite.h"

#include "dataplane/api/platform.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct bw_platform p;
static char err[256];

static int parse(const char *text)
{
	memset(&p, 0xee, sizeof(p));
	strcpy(err, "untouched");
	return bw_platform_parse(&p, "platform.conf", text, err, sizeof(err));
}

static void test_empty_file_gives_defaults(void)
{
	CU_ASSERT_EQUAL(parse(""), 0);
	CU_ASSERT_STRING_EQUAL(err, "");
	CU_ASSERT_EQUAL(p.n_ports, 0);
	CU_ASSERT_EQUAL(p.workers, 1);
	CU_ASSERT_EQUAL(p.cores, 0);
	CU_ASSERT_EQUAL(p.main_core, -1);
	CU_ASSERT_FALSE(p.single_core);
	CU_ASSERT_FALSE(p.idle_poll);
	CU_ASSERT(p.hugepages);
	CU_ASSERT_EQUAL(p.memory, 0);
	CU_ASSERT(p.nat_sessions >= 1000000);
	CU_ASSERT(p.routes >= 1000000);
	CU_ASSERT_EQUAL(p.max_mtu, 2000);
	CU_ASSERT_EQUAL(parse("\n\n  # nothing\n\t\r\n#port x\n"), 0);
	CU_ASSERT_EQUAL(p.n_ports, 0);
}

static void test_every_kind_of_port(void)
{
	CU_ASSERT_EQUAL_FATAL(parse("port GigabitEthernet0 af_packet lan0\n"
				    "port GigabitEthernet8 pci 01:1F.7 queues 2\n"
				    "port GigabitEthernet9 memif /run/x.sock role client id 3 "
				    "zero-copy on bsize 4096 ring-size 1024\n"
				    "port GigabitEthernet10 null\n"
				    "port GigabitEthernet1 switch tap bw1\n"
				    "port GigabitEthernet2 routed af_xdp eth1\n"
				    "port FastEthernet0 pcap in.pcap out out.pcap\n"
				    "port TenGigabitEthernet0/1/0 pci ABCD:0a:00.0\n"
				    "port GigabitEthernet11 memif /run/x.sock role server id 3"),
		0);
	CU_ASSERT_EQUAL_FATAL(p.n_ports, 9);

	CU_ASSERT_EQUAL(p.port[0].kind, BW_PORT_AF_PACKET);
	CU_ASSERT_STRING_EQUAL(p.port[0].name, "GigabitEthernet0");
	CU_ASSERT_STRING_EQUAL(p.port[0].device, "lan0");
	CU_ASSERT(p.port[0].is_switch); /* by its name */
	CU_ASSERT_EQUAL(p.port[0].line, 1);
	CU_ASSERT_EQUAL(p.port[0].queues, 0);

	CU_ASSERT_EQUAL(p.port[1].kind, BW_PORT_PCI);
	CU_ASSERT_STRING_EQUAL(p.port[1].device, "0000:01:1f.7");
	CU_ASSERT_FALSE(p.port[1].is_switch);
	CU_ASSERT_EQUAL(p.port[1].queues, 2);

	CU_ASSERT_EQUAL(p.port[2].kind, BW_PORT_MEMIF);
	CU_ASSERT_STRING_EQUAL(p.port[2].device, "/run/x.sock");
	CU_ASSERT_FALSE(p.port[2].memif_server);
	CU_ASSERT_EQUAL(p.port[2].memif_id, 3);
	CU_ASSERT(p.port[2].memif_zero_copy);
	CU_ASSERT_EQUAL(p.port[2].memif_bsize, 4096);
	CU_ASSERT_EQUAL(p.port[2].ring_size, 1024);

	CU_ASSERT_EQUAL(p.port[3].kind, BW_PORT_NULL);
	CU_ASSERT_EQUAL(p.port[4].kind, BW_PORT_TAP);
	CU_ASSERT(p.port[4].is_switch); /* as said */
	CU_ASSERT_EQUAL(p.port[5].kind, BW_PORT_AF_XDP);
	CU_ASSERT_FALSE(p.port[5].is_switch); /* as said, against its name */
	CU_ASSERT_EQUAL(p.port[6].kind, BW_PORT_PCAP);
	CU_ASSERT_STRING_EQUAL(p.port[6].device, "in.pcap");
	CU_ASSERT_STRING_EQUAL(p.port[6].device_out, "out.pcap");
	CU_ASSERT_STRING_EQUAL(p.port[7].device, "abcd:0a:00.0");
	CU_ASSERT(p.port[8].memif_server);
	CU_ASSERT_EQUAL(p.port[8].line, 9);
}

static void test_every_setting(void)
{
	CU_ASSERT_EQUAL_FATAL(parse("cores 1-3\nworkers 3\nmain-core 0 # sleeps\n"
				    "hugepages off\nmemory 512\nidle poll\nnat-sessions 5000\n"
				    "routes 7000\nmbufs 16384\nburst 64\nsingle-core off\n"
				    "max-mtu 9000\n"),
		0);
	CU_ASSERT_EQUAL(p.cores, 0xe);
	CU_ASSERT_EQUAL(p.workers, 3);
	CU_ASSERT_EQUAL(p.main_core, 0);
	CU_ASSERT_FALSE(p.hugepages);
	CU_ASSERT_EQUAL(p.memory, 512);
	CU_ASSERT(p.idle_poll);
	CU_ASSERT_EQUAL(p.nat_sessions, 5000);
	CU_ASSERT_EQUAL(p.routes, 7000);
	CU_ASSERT_EQUAL(p.mbufs, 16384);
	CU_ASSERT_EQUAL(p.burst, 64);
	CU_ASSERT_EQUAL(p.max_mtu, 9000);
	CU_ASSERT_EQUAL(parse("single-core on\nidle adaptive\nhugepages on\n"), 0);
	CU_ASSERT(p.single_core);
	CU_ASSERT_FALSE(p.idle_poll);
	CU_ASSERT(p.hugepages);
}

static void test_cores_by_list_and_mask(void)
{
	static const struct {
		const char *word;
		uint64_t mask;
	} row[] = {
		{ "0", 1 },
		{ "63", 1ull << 63 },
		{ "1,3,5", 0x2a },
		{ "1-3,7", 0x8e },
		{ "7,1-3", 0x8e },
		{ "5-5", 0x20 },
		{ "0x6", 6 },
		{ "0XfF", 0xff },
		{ "0x8000000000000001", (1ull << 63) | 1 },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		char text[64];

		snprintf(text, sizeof(text), "cores %s", row[i].word);
		CU_ASSERT_EQUAL(parse(text), 0);
		CU_ASSERT_EQUAL(p.cores, row[i].mask);
		CU_ASSERT_EQUAL(p.workers, (unsigned)__builtin_popcountll(row[i].mask));
	}
}

/* Each is refused with exactly this message. */
static const struct {
	const char *text;
	const char *err;
} bad[] = {
	{ "\n\nport GigabitEthernet8 vhost x", "3: unknown port kind 'vhost'" },
	{ "prot GigabitEthernet8 null", "1: unknown keyword 'prot'" },
	{ "port", "1: port needs a name and a kind" },
	{ "port GigabitEthernet8", "1: port GigabitEthernet8 needs a kind (pci, memif ...)" },
	{ "port GigabitEthernet8 switch",
		"1: port GigabitEthernet8 needs a kind (pci, memif ...)" },
	{ "port Gi8 null", "1: 'Gi8' is not a port's full name such as GigabitEthernet8" },
	{ "port GigabitEthernet null",
		"1: 'GigabitEthernet' is not a port's full name such as GigabitEthernet8" },
	{ "port gigabitethernet8 null",
		"1: 'gigabitethernet8' is not a port's full name such as GigabitEthernet8" },
	{ "port GigabitEthernet08 null",
		"1: 'GigabitEthernet08' is not a port's full name such as GigabitEthernet8" },
	{ "port GigabitEthernet8.10 null",
		"1: 'GigabitEthernet8.10' is not a port's full name such as GigabitEthernet8" },
	{ "port GigabitEthernet0/ null",
		"1: 'GigabitEthernet0/' is not a port's full name such as GigabitEthernet8" },
	{ "port GigabitEthernet0/1/2/3 null",
		"1: 'GigabitEthernet0/1/2/3' is not a port's full name such as GigabitEthernet8" },
	{ "port Vlan20 null", "1: 'Vlan20' is not a port's full name such as GigabitEthernet8" },
	{ "port GigabitEthernet8 null\nport GigabitEthernet8 null",
		"2: port GigabitEthernet8 is already set at line 1" },
	{ "port GigabitEthernet8 tap a\nport GigabitEthernet9 af_packet a",
		"2: device 'a' is already port GigabitEthernet8 (line 1)" },
	{ "port GigabitEthernet8 pci 01:00.0\n\nport GigabitEthernet9 pci 0000:01:00.0",
		"3: device '0000:01:00.0' is already port GigabitEthernet8 (line 1)" },
	{ "port GigabitEthernet8 memif /s\nport GigabitEthernet9 memif /s",
		"2: device '/s' is already port GigabitEthernet8 (line 1)" },
	{ "port GigabitEthernet8 pci", "1: pci needs a PCI address" },
	{ "port GigabitEthernet8 pci eth0", "1: 'eth0' is not a PCI address such as 0000:01:10.0" },
	{ "port GigabitEthernet8 pci 0000:01:20.0",
		"1: '0000:01:20.0' is not a PCI address such as 0000:01:10.0" },
	{ "port GigabitEthernet8 pci 0000:01:10.8",
		"1: '0000:01:10.8' is not a PCI address such as 0000:01:10.0" },
	{ "port GigabitEthernet8 pci 0000:01:10.0,x=1",
		"1: '0000:01:10.0,x=1' is not a PCI address such as 0000:01:10.0" },
	{ "port GigabitEthernet8 pci 0000:01:10",
		"1: '0000:01:10' is not a PCI address such as 0000:01:10.0" },
	{ "port GigabitEthernet8 pci 000:01:10.0",
		"1: '000:01:10.0' is not a PCI address such as 0000:01:10.0" },
	{ "port GigabitEthernet8 tap", "1: tap needs a network device" },
	{ "port GigabitEthernet8 tap abcdefghijklmnop",
		"1: 'abcdefghijklmnop' is not a network device name" },
	{ "port GigabitEthernet8 tap ../x", "1: '../x' is not a network device name" },
	{ "port GigabitEthernet8 af_packet a,b", "1: 'a,b' is not a network device name" },
	{ "port GigabitEthernet8 memif", "1: memif needs a socket's path" },
	{ "port GigabitEthernet8 memif /a,b", "1: '/a,b': a comma cannot be in this path" },
	{ "port GigabitEthernet8 memif /s role master",
		"1: role must be 'server' or 'client', not 'master'" },
	{ "port GigabitEthernet8 memif /s id 65536", "1: id must be 0 to 65535, not '65536'" },
	{ "port GigabitEthernet8 memif /s id -1", "1: id must be 0 to 65535, not '-1'" },
	{ "port GigabitEthernet8 memif /s id", "1: option 'id' needs a value" },
	{ "port GigabitEthernet8 memif /s id 1 id 2", "1: option 'id' is there twice" },
	{ "port GigabitEthernet8 memif /s bsize 9", "1: bsize must be 512 to 65535, not '9'" },
	{ "port GigabitEthernet8 memif /s zero-copy yes",
		"1: zero-copy must be 'on' or 'off', not 'yes'" },
	{ "port GigabitEthernet8 memif /s ring-size 100",
		"1: ring-size must be a power of two, not 100" },
	{ "port GigabitEthernet8 tap a role client",
		"1: unknown option 'role' of this kind of port" },
	{ "port GigabitEthernet8 null x", "1: unknown option 'x' of this kind of port" },
	{ "port GigabitEthernet8 pcap in out", "1: option 'out' needs a value" },
	{ "port GigabitEthernet8 tap a queues 0", "1: queues must be 1 to 16, not '0'" },
	{ "workers 0", "1: workers must be 1 to 16, not '0'" },
	{ "workers 17", "1: workers must be 1 to 16, not '17'" },
	{ "workers 1x", "1: workers must be 1 to 16, not '1x'" },
	{ "workers 99999999999999999999999",
		"1: workers must be 1 to 16, not '99999999999999999999999'" },
	{ "workers", "1: 'workers' takes one value" },
	{ "workers 1 2", "1: 'workers' takes one value" },
	{ "workers 1\nmemory 512\nworkers 1", "3: 'workers' is already set at line 1" },
	{ "cores 1-3\n\nworkers 2", "3: 2 workers, but 3 cores at line 1" },
	{ "workers 2\ncores 1-3", "1: 2 workers, but 3 cores at line 2" },
	{ "cores 0-16", "1: 17 cores, but 16 workers are the most" },
	{ "cores 64", "1: '64' is not a core list (1,3-5) or mask (0x3a) of cores 0 to 63" },
	{ "cores 3-1", "1: '3-1' is not a core list (1,3-5) or mask (0x3a) of cores 0 to 63" },
	{ "cores 1,1", "1: '1,1' is not a core list (1,3-5) or mask (0x3a) of cores 0 to 63" },
	{ "cores 1,", "1: '1,' is not a core list (1,3-5) or mask (0x3a) of cores 0 to 63" },
	{ "cores 1-2-3", "1: '1-2-3' is not a core list (1,3-5) or mask (0x3a) of cores 0 to 63" },
	{ "cores 0x0", "1: '0x0' is not a core list (1,3-5) or mask (0x3a) of cores 0 to 63" },
	{ "cores 0x", "1: '0x' is not a core list (1,3-5) or mask (0x3a) of cores 0 to 63" },
	{ "cores 0x1g", "1: '0x1g' is not a core list (1,3-5) or mask (0x3a) of cores 0 to 63" },
	{ "cores 0x10000000000000000",
		"1: '0x10000000000000000' is not a core list (1,3-5) or mask (0x3a) of cores 0 to "
		"63" },
	{ "main-core 64", "1: main-core must be 0 to 63, not '64'" },
	{ "workers 2\nsingle-core on", "2: single-core has one worker, not 2" },
	{ "single-core yes", "1: single-core must be 'on' or 'off', not 'yes'" },
	{ "hugepages maybe", "1: hugepages must be 'on' or 'off', not 'maybe'" },
	{ "max-mtu 1499", "1: max-mtu must be 1500 to 9216, not '1499'" },
	{ "max-mtu 9217", "1: max-mtu must be 1500 to 9216, not '9217'" },
	{ "memory 1", "1: memory must be 64 to 1048576, not '1'" },
	{ "idle never", "1: idle must be 'poll' or 'adaptive', not 'never'" },
	{ "nat-sessions 0", "1: nat-sessions must be 1 to 16000000, not '0'" },
	{ "routes 16000001", "1: routes must be 1 to 16000000, not '16000001'" },
	{ "burst 257", "1: burst must be 1 to 256, not '257'" },
	{ "burst 2\x01", "1: control character 0x01" },
	{ "burst\x7f 2", "1: control character 0x7f" },
};

static void test_bad_files_are_refused(void)
{
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char want[300];

		snprintf(want, sizeof(want), "platform.conf:%s", bad[i].err);
		CU_ASSERT_EQUAL(parse(bad[i].text), -EINVAL);
		if (strcmp(err, want) != 0)
			printf("\n%s\n  said '%s'\n  not  '%s'", bad[i].text, err, want);
		CU_ASSERT_STRING_EQUAL(err, want);
	}
}

static void test_too_much(void)
{
	char text[8192];
	size_t n = 0;

	for (int i = 0; i <= BW_MAX_PORTS; i++)
		n += (size_t)snprintf(
			text + n, sizeof(text) - n, "port GigabitEthernet%d null\n", i);
	CU_ASSERT_EQUAL(parse(text), -EINVAL);
	CU_ASSERT_STRING_EQUAL(err, "platform.conf:33: more than 32 ports");

	memset(text, 'x', 600);
	text[600] = '\0';
	CU_ASSERT_EQUAL(parse(text), -EINVAL);
	CU_ASSERT_STRING_EQUAL(err, "platform.conf:1: line longer than 511 bytes");

	for (n = 0; n < 100; n++)
		memcpy(text + 2 * n, "w ", 3);
	CU_ASSERT_EQUAL(parse(text), -EINVAL);
	CU_ASSERT_STRING_EQUAL(err, "platform.conf:1: more than 32 words");

	n = (size_t)sprintf(text, "port GigabitEthernet8 memif /");
	memset(text + n, 'p', 107);
	text[n + 107] = '\0';
	CU_ASSERT_EQUAL(parse(text), -EINVAL);
	text[n + 106] = '\0';
	CU_ASSERT_EQUAL(parse(text), 0);
	CU_ASSERT_EQUAL(strlen(p.port[0].device), 107);
}

/* However small the room for the message, it is kept to, and terminated. */
static void test_small_error_buffers(void)
{
	char small[40];

	for (size_t size = 0; size <= sizeof(small); size++) {
		memset(small, 'Z', sizeof(small));
		CU_ASSERT_EQUAL(
			bw_platform_parse(&p, "platform.conf", "prot", small, size), -EINVAL);
		if (size > 0)
			CU_ASSERT(memchr(small, '\0', size) != NULL);
		for (size_t i = size; i < sizeof(small); i++)
			CU_ASSERT_EQUAL(small[i], 'Z');
	}
}

static void write_file(const char *path, const char *text, size_t n)
{
	FILE *f = fopen(path, "w");

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	CU_ASSERT_EQUAL(fwrite(text, 1, n, f), n);
	CU_ASSERT_EQUAL(fclose(f), 0);
}

static void test_files(void)
{
	char path[] = "/tmp/bw-platform-test-XXXXXX";
	char want[128];
	char *big;
	int fd = mkstemp(path);

	CU_ASSERT_FATAL(fd >= 0);
	close(fd);
	write_file(path, "port GigabitEthernet8 null\r\nworkers 1\r\n", 39);
	CU_ASSERT_EQUAL(bw_platform_load(&p, path, err, sizeof(err)), 0);
	CU_ASSERT_EQUAL(p.n_ports, 1);
	write_file(path, "\nworkers none\n", 14);
	CU_ASSERT_EQUAL(bw_platform_load(&p, path, err, sizeof(err)), -EINVAL);
	snprintf(want, sizeof(want), "%s:2: workers must be 1 to 16, not 'none'", path);
	CU_ASSERT_STRING_EQUAL(err, want);
	write_file(path, "workers 1\0#", 11);
	CU_ASSERT_EQUAL(bw_platform_load(&p, path, err, sizeof(err)), -EILSEQ);
	snprintf(want, sizeof(want), "%s: not a text file", path);
	CU_ASSERT_STRING_EQUAL(err, want);
	big = calloc(1, 300 * 1024);
	memset(big, '\n', 300 * 1024);
	write_file(path, big, 300 * 1024);
	free(big);
	CU_ASSERT_EQUAL(bw_platform_load(&p, path, err, sizeof(err)), -EFBIG);
	unlink(path);
	CU_ASSERT_EQUAL(bw_platform_load(&p, path, err, sizeof(err)), -ENOENT);
	snprintf(want, sizeof(want), "%s: No such file or directory", path);
	CU_ASSERT_STRING_EQUAL(err, want);
	CU_ASSERT_EQUAL(bw_platform_load(&p, "/tmp", err, sizeof(err)), -EISDIR);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{ "an empty file gives the defaults", test_empty_file_gives_defaults },
		{ "every kind of port", test_every_kind_of_port },
		{ "every setting", test_every_setting },
		{ "cores by list and mask", test_cores_by_list_and_mask },
		{ "bad files are refused", test_bad_files_are_refused },
		{ "too much", test_too_much },
		{ "small error buffers", test_small_error_buffers },
		{ "files", test_files },
		CU_TEST_INFO_NULL,
	};

	return run_suite("platform", tests);
}
