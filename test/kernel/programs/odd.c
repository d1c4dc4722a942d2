/*
 * A small HTTP server that treats its requests as no decent one does: a thread each that ends with its answer, executes another program
 * or forks in the middle of one, floods the scheduler, calls itself and its threads by names that are no names.
 *   odd PORT                 serves
 *   odd LISTENER FD          was executed in the middle of a request: answers on FD, then serves on LISTENER
 *   odd answer FD            was forked and executed for one answer
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char self[4096];
static int listener;
/* A pipe from the request that tells to the one that waits for it. */
static int told[2];

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ull + now.tv_nsec / 1000000;
}

static volatile uint64_t sum;

#define BURNER(name) \
	__attribute__((noinline)) void name(int ms) \
	{ \
		for (uint64_t end = now_ms() + ms; now_ms() < end;) \
			for (int i = 0; i < 20000; i++) \
				sum = sum * 31 + i; \
	}
BURNER(burn_before)
BURNER(burn_after)
BURNER(burn_in_child)
BURNER(burn_in_thread)
BURNER(burn_at_the_end)

static void answer(int fd)
{
	static const char text[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

	if (write(fd, text, sizeof(text) - 1) < 0)
		perror("write");
	close(fd);
}

static void rename_thread(const char *name)
{
	prctl(PR_SET_NAME, name);
}

static void *brief(void *unused)
{
	rename_thread("brief");
	burn_in_thread(120);
	return unused;
}

/* The thread that answers is one that nobody will find. */
static void *last_will(void *fd)
{
	rename_thread("last-will");
	burn_at_the_end(120);
	answer((int)(intptr_t)fd);
	return 0;
}

static void start(void *(*run)(void *), void *argument, int wait)
{
	pthread_t thread;

	if (pthread_create(&thread, 0, run, argument))
		abort();
	if (wait)
		pthread_join(thread, 0);
	else
		pthread_detach(thread);
}

static void execute(const char *first, int fd)
{
	char number[16];

	snprintf(number, sizeof(number), "%d", fd);
	execl(self, "odd", first, number, (char *)0);
	perror("exec");
	_exit(1);
}

static uint32_t turn;
static volatile int flooding;

static void *flood(void *own)
{
	uint32_t mine = (uint32_t)(intptr_t)own;

	while (flooding) {
		uint32_t seen = __atomic_load_n(&turn, __ATOMIC_ACQUIRE);

		if (seen % 2 == mine) {
			__atomic_store_n(&turn, seen + 1, __ATOMIC_RELEASE);
			syscall(SYS_futex, &turn, FUTEX_WAKE_PRIVATE, 1, 0, 0, 0);
		} else {
			struct timespec limit = { .tv_nsec = 1000000 };

			syscall(SYS_futex, &turn, FUTEX_WAIT_PRIVATE, seen, &limit, 0, 0);
		}
	}
	return 0;
}

/* Computes, then sleeps while others switch so often that no recorder remembers the beginning. */
static void long_request(int computes)
{
	flooding = 1;
	start(flood, (void *)0, 0);
	start(flood, (void *)1, 0);
	if (computes)
		burn_before(1500);
	else
		usleep(1500000);
	flooding = 0;
	burn_after(150);
}

static void hostile(void)
{
	static char line[1 << 20];
	static const char text[] = "\x1b[31m\x1b]0;title\x07<script>window.pwned=1</script> \xe2\x80\xae\xff\xfe\r\b\n";

	rename_thread("\x1b[2J<img/x>");
	if (write(2, text, sizeof(text) - 1) < 0)
		abort();
	memset(line, 'x', sizeof(line));
	memcpy(line, "\x1b[5m<b>", 7);
	line[sizeof(line) - 1] = '\n';
	if (write(2, line, sizeof(line)) < 0)
		abort();
	burn_in_thread(150);
}

static int is(const char *request, const char *path)
{
	return !strncmp(request + 4, path, strlen(path)) && request[4 + strlen(path)] == ' ';
}

static void *serve(void *argument)
{
	int fd = (int)(intptr_t)argument;
	char request[8192];
	ssize_t got = read(fd, request, sizeof(request) - 1);

	if (got <= 0) {
		close(fd);
		return 0;
	}
	request[got] = 0;
	if (is(request, "/thread-ends")) {
		start(brief, 0, 1);
		start(last_will, (void *)(intptr_t)fd, 0);
		return 0;
	}
	if (is(request, "/exec")) {
		char number[16];

		snprintf(number, sizeof(number), "%d", listener);
		burn_before(200);
		execute(number, fd);
	}
	if (is(request, "/fork") || is(request, "/fork-exec")) {
		if (!fork()) {
			burn_in_child(150);
			if (is(request, "/fork-exec"))
				execute("answer", fd);
			answer(fd);
			_exit(0);
		}
		close(fd);
		return 0;
	}
	if (is(request, "/wait-for-child")) {
		pid_t child = fork();

		if (!child) {
			burn_in_child(150);
			_exit(0);
		}
		waitpid(child, 0, 0);
	} else if (is(request, "/until-told") || is(request, "/tell")) {
		char byte = 0;
		ssize_t done = is(request, "/tell") ? write(told[1], &byte, 1) : read(told[0], &byte, 1);

		if (done != 1)
			abort();
	} else if (is(request, "/long"))
		long_request(0);
	else if (is(request, "/long-busy"))
		long_request(1);
	else if (is(request, "/slow"))
		burn_before(150);
	else if (!is(request, "/quick"))
		hostile();
	answer(fd);
	return 0;
}

static void serve_all(void)
{
	for (;;) {
		int fd = accept(listener, 0, 0);

		if (fd >= 0)
			start(serve, (void *)(intptr_t)fd, 0);
	}
}

static int listen_on(int port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) || listen(fd, 64)) {
		perror("listen");
		exit(1);
	}
	return fd;
}

int main(int count, char **arguments)
{
	if (count < 2 || pipe(told) || readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		return 1;
	signal(SIGCHLD, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	if (count == 3) {
		burn_after(150);
		answer(atoi(arguments[2]));
		if (!strcmp(arguments[1], "answer"))
			return 0;
		listener = atoi(arguments[1]);
	} else {
		listener = listen_on(atoi(arguments[1]));
	}
	serve_all();
}
