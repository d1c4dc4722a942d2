/*
 * Asks for A and AAAA of a name, both at once on one socket, as getaddrinfo does:
 *   lookup PORT NAME connected|unconnected ROUNDS
 * connected: sendmmsg and recvmmsg on a connected socket; unconnected: sendto and recvfrom. Prints the answers' number.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TYPE_A = 1, TYPE_AAAA = 28 };

static size_t question(unsigned char *to, const char *name, int id, int type)
{
	unsigned char header[12] = { id >> 8, id, 1, 0, 0, 1 }, *at = to + sizeof(header);

	memcpy(to, header, sizeof(header));
	while (*name) {
		size_t length = strcspn(name, ".");

		*at++ = length;
		memcpy(at, name, length);
		at += length;
		name += length + (name[length] == '.');
	}
	memcpy(at, (unsigned char[]){ 0, 0, type, 0, 1 }, 5);
	return at + 5 - to;
}

int main(int argc, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	unsigned char out[2][300], in[2][600];
	int fd = socket(AF_INET, SOCK_DGRAM, 0), answers = 0;

	if (argc != 5)
		return 2;
	to.sin_port = htons(atoi(argv[1]));
	if (strcmp(argv[3], "connected") == 0 && connect(fd, (void *)&to, sizeof(to)) != 0)
		return 1;
	for (int round = 0; round < atoi(argv[4]); round++) {
		struct iovec send_parts[2], receive_parts[2];
		struct mmsghdr send_messages[2] = {}, receive_messages[2] = {};

		for (int i = 0; i < 2; i++) {
			send_parts[i] = (struct iovec){ out[i], question(out[i], argv[2], 2 * round + i, i ? TYPE_AAAA : TYPE_A) };
			receive_parts[i] = (struct iovec){ in[i], sizeof(in[i]) };
			send_messages[i].msg_hdr = (struct msghdr){ .msg_iov = send_parts + i, .msg_iovlen = 1 };
			receive_messages[i].msg_hdr = (struct msghdr){ .msg_iov = receive_parts + i, .msg_iovlen = 1 };
		}
		if (strcmp(argv[3], "connected") == 0) {
			if (sendmmsg(fd, send_messages, 2, 0) != 2)
				return 1;
			answers += recvmmsg(fd, receive_messages, 2, 0, 0);
			continue;
		}
		for (int i = 0; i < 2; i++)
			if (sendto(fd, out[i], send_parts[i].iov_len, 0, (void *)&to, sizeof(to)) < 0)
				return 1;
		for (int i = 0; i < 2; i++) {
			struct sockaddr_in from;
			socklen_t length = sizeof(from);

			answers += recvfrom(fd, in[i], sizeof(in[i]), 0, (void *)&from, &length) > 0;
		}
	}
	printf("%d\n", answers);
	return 0;
}
