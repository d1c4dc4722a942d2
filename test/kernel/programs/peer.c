/*
 * One end of a connection, by script:
 *   peer connect ADDRESS PORT STEP...     ADDRESS: 127.0.0.1, ::1, ... or unix with a path as PORT
 *   peer connect*N ...                    the same over N connections, one after the other
 *   peer listen ADDRESS PORT STEP...      prints "ready", then does the steps once for each connection, for ever
 *   peer hold ADDRESS PORT                prints "ready", then takes no connection: two fill its queue
 * Steps: send=TEXT (\r \n \\ are escapes), recv (once), recv=N bytes, end (read to the end), wait=MILLISECONDS, signal (wait for SIGUSR1), half (no
 * more will be sent), reset (close with RST), again=N (the steps before this one, N times in all), fork (the steps that
 * follow in a child), done (end the program with 0)
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static union { struct sockaddr any; struct sockaddr_in v4; struct sockaddr_in6 v6; struct sockaddr_un un; } address;
static socklen_t address_length;
static sigset_t start_signal;

static int fail(const char *what)
{
	perror(what);
	exit(1);
}

static void parse_address(const char *host, const char *port)
{
	if (strcmp(host, "unix") == 0) {
		address.un.sun_family = AF_UNIX;
		strncpy(address.un.sun_path, port, sizeof(address.un.sun_path) - 1);
		address_length = sizeof(address.un);
	} else if (strchr(host, ':')) {
		address.v6 = (struct sockaddr_in6){ .sin6_family = AF_INET6, .sin6_port = htons(atoi(port)) };
		inet_pton(AF_INET6, host, &address.v6.sin6_addr);
		address_length = sizeof(address.v6);
	} else {
		address.v4 = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(atoi(port)) };
		inet_pton(AF_INET, host, &address.v4.sin_addr);
		address_length = sizeof(address.v4);
	}
}

static void send_text(int fd, const char *text)
{
	char bytes[70000];
	size_t n = 0;

	for (const char *c = text; *c; c++) {
		if (*c == '\\' && *++c)
			bytes[n++] = *c == 'r' ? '\r' : *c == 'n' ? '\n' : *c;
		else
			bytes[n++] = *c;
	}
	if (send(fd, bytes, n, MSG_NOSIGNAL) < 0)
		fprintf(stderr, "send: %s\n", strerror(errno));
}

static void receive(int fd, long wanted)
{
	static char bytes[1 << 16];

	do {
		ssize_t n = recv(fd, bytes, wanted > 0 && wanted < (long)sizeof(bytes) ? (size_t)wanted : sizeof(bytes), 0);

		if (n <= 0)
			return;
		wanted = wanted < 0 ? wanted : wanted - n;
	} while (wanted != 0);
}

static void do_steps(int fd, char **steps, int count);

static int do_step(int fd, char *step, char **before, int index)
{
	struct linger at_once = { .l_onoff = 1 };
	char *value = strchr(step, '=');
	size_t length = value ? (size_t)(value - step) : strlen(step);

	value = value ? value + 1 : "";
#define STEP(name) (length == strlen(name) && strncmp(step, name, length) == 0)
	if (STEP("send"))
		send_text(fd, value);
	else if (STEP("recv") && *value)
		receive(fd, atol(value));
	else if (STEP("recv")) {
		static char bytes[1 << 16];

		(void)!recv(fd, bytes, sizeof(bytes), 0);
	} else if (STEP("end"))
		receive(fd, -1);
	else if (STEP("wait"))
		usleep(atoi(value) * 1000);
	else if (STEP("signal"))
		sigwaitinfo(&start_signal, 0);
	else if (STEP("half"))
		shutdown(fd, SHUT_WR);
	else if (STEP("reset"))
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	else if (STEP("again"))
		for (int i = 1; i < atoi(value); i++)
			do_steps(fd, before, index);
	else if (STEP("fork")) {
		if (fork() > 0) {
			wait(0);
			return 1;
		}
	} else if (STEP("done"))
		exit(0);
	else
		fail(step);
	return 0;
}

static void do_steps(int fd, char **steps, int count)
{
	for (int i = 0; i < count; i++)
		if (do_step(fd, steps[i], steps, i))
			return;
}

int main(int argc, char **argv)
{
	int fd, one = 1;

	if (argc < 4)
		return 2;
	sigemptyset(&start_signal);
	sigaddset(&start_signal, SIGUSR1);
	sigprocmask(SIG_BLOCK, &start_signal, 0);
	parse_address(argv[2], argv[3]);
	if (strncmp(argv[1], "connect", 7) == 0) {
		for (int n = argv[1][7] == '*' ? atoi(argv[1] + 8) : 1; n > 0; n--) {
			fd = socket(address.any.sa_family, SOCK_STREAM, 0);
			if (connect(fd, &address.any, address_length) != 0)
				printf("errno %d\n", errno);
			else
				do_steps(fd, argv + 4, argc - 4);
			close(fd);
		}
		return 0;
	}
	fd = socket(address.any.sa_family, SOCK_STREAM, 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, &address.any, address_length) != 0 || listen(fd, strcmp(argv[1], "hold") ? 128 : 0) != 0)
		fail("listen");
	printf("ready\n");
	fflush(stdout);
	if (strcmp(argv[1], "hold") == 0)
		pause();
	for (;;) {
		int connection = accept(fd, 0, 0);

		if (connection < 0)
			fail("accept");
		do_steps(connection, argv + 4, argc - 4);
		close(connection);
	}
}
