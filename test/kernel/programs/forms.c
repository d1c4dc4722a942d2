/*
 * One HTTP request over a new connection, sent and received by the forms of system call that are named:
 *   forms PORT SEND RECEIVE      prints "bytes sent, bytes received"
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum { BODY = 3000, PIECES = 64 };

static char request[BODY + 300];
static size_t head, length;

static void must(int condition, const char *what)
{
	if (condition)
		return;
	perror(what);
	exit(1);
}

static int is(const char *form, const char *name) { return strcmp(form, name) == 0; }

static int connect_to(int port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	must(fd >= 0 && connect(fd, (void *)&to, sizeof(to)) == 0, "connect");
	return fd;
}

/* The bytes from `from` on in `pieces` parts of equal size. */
static int cut(struct iovec *vector, int pieces, size_t from)
{
	size_t size = (length - from + pieces - 1) / pieces;
	int n = 0;

	for (size_t at = from; at < length; at += size)
		vector[n++] = (struct iovec){ request + at, at + size < length ? size : length - at };
	return n;
}

static void send_messages(int fd)
{
	struct iovec vector[3];
	struct mmsghdr messages[3] = {};
	int n = cut(vector, 3, 0);

	for (int i = 0; i < n; i++) {
		messages[i].msg_hdr.msg_iov = vector + i;
		messages[i].msg_hdr.msg_iovlen = 1;
	}
	must(sendmmsg(fd, messages, n, 0) == n, "sendmmsg");
}

static void send_body_from_file(int fd)
{
	int file = memfd_create("body", 0);
	off_t offset = 0;

	must(write(file, request + head, length - head) == (ssize_t)(length - head), "memfd");
	must(send(fd, request, head, MSG_MORE) == (ssize_t)head, "send");
	must(sendfile(fd, file, &offset, length - head) == (ssize_t)(length - head), "sendfile");
}

static void send_body_through_pipe(int fd)
{
	int ends[2];

	must(pipe(ends) == 0, "pipe");
	must(write(ends[1], request + head, length - head) == (ssize_t)(length - head), "write to pipe");
	must(send(fd, request, head, 0) == (ssize_t)head, "send");
	must(splice(ends[0], 0, fd, 0, length - head, 0) == (ssize_t)(length - head), "splice");
}

static void send_request(int fd, const char *form)
{
	struct iovec vector[PIECES];
	struct msghdr message = { .msg_iov = vector };
	ssize_t sent = length;

	if (is(form, "write"))
		sent = write(fd, request, length);
	else if (is(form, "send"))
		sent = send(fd, request, length, 0);
	else if (is(form, "partial")) {
		for (size_t i = 0; i < 40; i++)
			must(write(fd, request + i, 1) == 1, "write");
		must(write(fd, request + 40, length - 40) == (ssize_t)(length - 40), "write");
	} else if (is(form, "writev"))
		sent = writev(fd, vector, cut(vector, 3, 0));
	else if (is(form, "writev32"))
		sent = writev(fd, vector, cut(vector, 32, 0));
	else if (is(form, "writev40"))
		sent = writev(fd, vector, cut(vector, 40, 0));
	else if (is(form, "pwritev2"))
		sent = pwritev2(fd, vector, cut(vector, 4, 0), -1, 0);
	else if (is(form, "sendmsg")) {
		message.msg_iovlen = cut(vector, 5, 0);
		sent = sendmsg(fd, &message, 0);
	} else if (is(form, "sendmmsg"))
		send_messages(fd);
	else if (is(form, "sendfile"))
		send_body_from_file(fd);
	else if (is(form, "splice"))
		send_body_through_pipe(fd);
	else
		must(0, "no such form to send");
	must(sent == (ssize_t)length, form);
}

static char first[100], second[200], third[60000];
static struct iovec parts[3] = { { first, sizeof(first) }, { second, sizeof(second) }, { third, sizeof(third) } };
static int ends[2];

static ssize_t receive_some(int fd, const char *form)
{
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = 3 };
	struct mmsghdr messages[1] = { { .msg_hdr = message } };
	ssize_t n;

	if (is(form, "read"))
		return read(fd, third, sizeof(third));
	if (is(form, "recv"))
		return recv(fd, third, sizeof(third), 0);
	if (is(form, "readv"))
		return readv(fd, parts, 3);
	if (is(form, "recvmsg"))
		return recvmsg(fd, &message, 0);
	if (is(form, "recvmmsg"))
		return recvmmsg(fd, messages, 1, 0, 0) == 1 ? (ssize_t)messages[0].msg_len : -1;
	if (is(form, "peek")) {
		must(recv(fd, third, sizeof(third), MSG_PEEK) >= 0, "peek");
		return recv(fd, third, sizeof(third), 0);
	}
	if (is(form, "peekmsg")) {
		must(recvmsg(fd, &message, MSG_PEEK) >= 0, "peek");
		return recvmsg(fd, &message, 0);
	}
	if (is(form, "splice")) {
		n = splice(fd, 0, ends[1], 0, 60000, 0);
		if (n > 0)
			must(read(ends[0], third, n) == n, "read from pipe");
		return n;
	}
	must(0, "no such form to receive");
	return -1;
}

int main(int argc, char **argv)
{
	size_t received = 0;
	ssize_t n;
	int fd;

	must(argc == 4, "usage: forms PORT SEND RECEIVE");
	must(pipe(ends) == 0, "pipe");
	head = sprintf(request, "POST /form?%s-%s HTTP/1.1\r\nHost: test\r\nConnection: close\r\nContent-Length: %d\r\n\r\n", argv[2], argv[3], BODY);
	length = head + BODY;
	memset(request + head, 'b', BODY);
	fd = connect_to(atoi(argv[1]));
	send_request(fd, argv[2]);
	while ((n = receive_some(fd, argv[3])) > 0)
		received += n;
	must(n == 0, "receive");
	close(fd);
	printf("%zu %zu\n", length, received);
	return 0;
}
