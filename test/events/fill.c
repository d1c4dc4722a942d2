/*
 * Fills each structure of bpf/events.h with known values, as the kernel side would, and writes the records one after the
 * other to the standard output: src/events/decode.test.ts reads them with the generated decoders.
 */
#include <linux/types.h>
#include <stdio.h>
#include <string.h>
#include "../../bpf/events.h"

#define ROUND(n) (((n) + KINDLING_UNIT - 1) / KINDLING_UNIT * KINDLING_UNIT)

/* Whatever stood there before must not matter. */
static unsigned char record[KINDLING_DATA_SLACK];

static void *begin(int type, int flags, unsigned size)
{
	struct kindling_header *header = (void *)record;

	memset(record, 0xee, sizeof(record));
	header->mark = 0x1122334455667788;
	header->ts = 5000000000123;
	header->size = ROUND(size);
	header->type = type;
	header->flags = flags;
	return record;
}

static void end(void)
{
	fwrite(record, 1, ((struct kindling_header *)record)->size, stdout);
}

static void address(unsigned char *to, int family, unsigned char last)
{
	memset(to, 0xee, 16);
	if (family == 2) {
		memcpy(to, (unsigned char[]){ 10, 1, 2, last }, 4);
		return;
	}
	memset(to, 0, 16);
	to[0] = 0x20; to[1] = 0x01; to[2] = 0x0d; to[3] = 0xb8; to[15] = last;
}

static void data(int flags, unsigned bytes, unsigned captured)
{
	unsigned peer_size = flags & KINDLING_FLAG_PEER ? sizeof(struct kindling_peer) : 0;
	struct kindling_data *data = begin(KINDLING_DATA, flags, sizeof(*data) + peer_size + captured);
	struct kindling_peer *peer = (void *)(data + 1);

	data->connection = (7ULL << 32) + 9;
	data->position = (3ULL << 32) + 1;
	data->bytes = bytes;
	data->captured = captured;
	data->pid = 100;
	data->tid = 101;
	data->fd = 5;
	data->unread_us = flags & KINDLING_FLAG_OUT ? 0 : 70000001;
	if (peer_size) {
		address(peer->address, 2, 9);
		peer->family = 2;
		peer->port = 5353;
	}
	for (unsigned i = 0; i < captured; i++)
		((unsigned char *)(data + 1))[peer_size + i] = i;
	end();
}

static void opened(int family, int protocol, int role, int flags, const char *path, unsigned path_length)
{
	struct kindling_open *open = begin(KINDLING_OPEN, flags, sizeof(*open));

	open->connection = 42;
	open->cgroup = (1ULL << 33) + 4;
	open->pid = 100;
	open->tid = 101;
	open->fd = 6;
	open->netns = 4026531840u;
	open->inode = 77;
	open->family = family;
	open->protocol = protocol;
	open->local_port = 8080;
	open->remote_port = 65535;
	open->role = role;
	address(open->local, family, 1);
	address(open->remote, family, 2);
	memcpy(open->comm, "fifteen-letters", 16);
	memset(open->path, 0, sizeof(open->path));
	memcpy(open->path, path, path_length);
	end();
}

static void closed(int flags)
{
	struct kindling_close *close = begin(KINDLING_CLOSE, flags, sizeof(*close));

	close->connection = 42;
	close->bytes_in = (1ULL << 40) + 1;
	close->bytes_out = (1ULL << 41) + 2;
	close->calls_in = 3;
	close->calls_out = 4;
	close->error = 104;
	close->srtt_us = 55;
	close->retransmits = 6;
	end();
}

static void connected(void)
{
	struct kindling_connect *connect = begin(KINDLING_CONNECT, 0, sizeof(*connect));

	connect->connection = 43;
	connect->cgroup = 12;
	connect->duration = 1500;
	connect->pid = 100;
	connect->tid = 102;
	connect->error = 111;
	connect->netns = 4026531840u;
	connect->family = 10;
	connect->protocol = 6;
	connect->local_port = 40000;
	connect->remote_port = 443;
	address(connect->local, 10, 3);
	address(connect->remote, 10, 4);
	memset(connect->comm, 0, 16);
	memcpy(connect->comm, "curl", 4);
	end();
}

int main(void)
{
	struct kindling_shutdown *shutdown;
	struct kindling_process *process;
	char longest[KINDLING_PATH];

	data(KINDLING_FLAG_OUT, 4000000000u, 300);
	data(KINDLING_FLAG_PEER, 20, 20);
	opened(2, 6, KINDLING_ROLE_SERVER, KINDLING_FLAG_PREEXISTING, "", 0);
	opened(10, 17, KINDLING_ROLE_UNKNOWN, 0, "", 0);
	opened(1, 0, KINDLING_ROLE_CLIENT, 0, "/run/a.sock", 11);
	opened(1, 0, KINDLING_ROLE_SERVER, 0, "\0name", 5);
	memset(longest, 'p', sizeof(longest));
	opened(1, 0, KINDLING_ROLE_SERVER, 0, longest, sizeof(longest));
	closed(KINDLING_FLAG_BY_KNOWN | KINDLING_FLAG_LOCAL);
	closed(0);
	connected();
	shutdown = begin(KINDLING_SHUTDOWN, KINDLING_FLAG_LOCAL, sizeof(*shutdown));
	shutdown->connection = 44;
	end();
	process = begin(KINDLING_EXEC, 0, sizeof(*process));
	process->cgroup = 12;
	process->pid = 103;
	process->tid = 103;
	memset(process->comm, 0, 16);
	memcpy(process->comm, "sh", 2);
	end();
	begin(KINDLING_EXIT, 0, sizeof(*process));
	end();
	return 0;
}
