/*
 * worker DIRECTORY: threads that do one of each thing that the flight recorder keeps, then wait to be ended.
 * Prints the thread ids as `NAME TID` lines first, `done` at the end.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static char path[4096];
static int wakes[2];

static const char *in(const char *directory, const char *name)
{
	snprintf(path, sizeof(path), "%s/%s", directory, name);
	return path;
}

static void pause_ms(int ms)
{
	struct timespec time = { .tv_nsec = ms * 1000000L };

	nanosleep(&time, 0);
}

__attribute__((noinline)) void burn_here(int ms)
{
	struct timespec from, now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
	do {
		/* Here, not in the clock. */
		for (volatile int i = 0; i < 1000000; i++);
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	} while ((now.tv_sec - from.tv_sec) * 1000 + (now.tv_nsec - from.tv_nsec) / 1000000 < ms);
}

__attribute__((noinline)) static void wait_here(void)
{
	char byte;

	if (read(wakes[0], &byte, 1) != 1)
		abort();
	__asm__ volatile("");
}

static void *blocked(void *unused)
{
	prctl(PR_SET_NAME, "blocked");
	printf("blocked %ld\n", syscall(SYS_gettid));
	fflush(stdout);
	wait_here();
	return unused;
}

static void *short_lived(void *unused)
{
	prctl(PR_SET_NAME, "short-lived");
	burn_here(5);
	return unused;
}

static void *holds_file(void *directory)
{
	int fd = open(in(directory, "shared.lock"), O_RDWR | O_CREAT, 0600);

	flock(fd, LOCK_EX);
	if (write(wakes[1], "x", 1) != 1)
		abort();
	pause_ms(30);
	flock(fd, LOCK_UN);
	return 0;
}

static void *answers_late(void *listener)
{
	int fd = accept(*(int *)listener, 0, 0);

	pause_ms(25);
	if (write(fd, "late", 4) != 4)
		abort();
	close(fd);
	return 0;
}

static void lock_a_file(const char *directory)
{
	char byte;
	pthread_t thread;
	int fd = open(in(directory, "shared.lock"), O_RDWR | O_CREAT, 0600);

	pthread_create(&thread, 0, holds_file, (void *)directory);
	if (read(wakes[0], &byte, 1) != 1)
		abort();
	flock(fd, LOCK_EX);
	close(fd);
	pthread_join(thread, 0);
}

static int ask_a_peer(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM, 0), fd = socket(AF_INET, SOCK_STREAM, 0);
	pthread_t thread;
	char buffer[16];

	if (bind(listener, (void *)&address, length) || listen(listener, 1) || getsockname(listener, (void *)&address, &length))
		abort();
	pthread_create(&thread, 0, answers_late, &listener);
	if (connect(fd, (void *)&address, length) || read(fd, buffer, sizeof(buffer)) != 4)
		abort();
	close(fd);
	pthread_join(thread, 0);
	return ntohs(address.sin_port);
}

static void *answers_locally(void *listener)
{
	int fd = accept(*(int *)listener, 0, 0);

	pause_ms(15);
	if (write(fd, "near", 4) != 4)
		abort();
	close(fd);
	return 0;
}

static void ask_locally(const char *directory)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int listener = socket(AF_UNIX, SOCK_STREAM, 0), fd = socket(AF_UNIX, SOCK_STREAM, 0);
	pthread_t thread;
	char buffer[16];

	snprintf(address.sun_path, sizeof(address.sun_path), "%s/near.sock", directory);
	if (bind(listener, (void *)&address, sizeof(address)) || listen(listener, 1))
		abort();
	pthread_create(&thread, 0, answers_locally, &listener);
	if (connect(fd, (void *)&address, sizeof(address)) || read(fd, buffer, sizeof(buffer)) != 4)
		abort();
	close(fd);
	pthread_join(thread, 0);
}

static void write_logs(const char *directory)
{
	struct iovec parts[2] = { { "in two ", 7 }, { "parts\n", 6 } };
	int log = open(in(directory, "app.log"), O_WRONLY | O_CREAT | O_APPEND, 0600);
	int data = open(in(directory, "data.aof"), O_WRONLY | O_CREAT | O_APPEND, 0600);

	if (dprintf(log, "opened by worker, password=hunter2\n") < 0 || writev(log, parts, 2) != 13 || dprintf(data, "not a line of a report\n") < 0)
		abort();
	dprintf(2, "a complaint\n");
}

int main(int count, char **arguments)
{
	const char *directory = count > 1 ? arguments[1] : "/tmp";
	pthread_t thread, brief;
	int port;

	if (pipe(wakes))
		return 1;
	printf("main %d\n", getpid());
	pthread_create(&thread, 0, blocked, 0);
	pause_ms(20);
	if (write(wakes[1], "x", 1) != 1)
		return 1;
	pthread_join(thread, 0);
	lock_a_file(directory);
	port = ask_a_peer();
	ask_locally(directory);
	burn_here(300);
	write_logs(directory);
	pthread_create(&brief, 0, short_lived, 0);
	pthread_join(brief, 0);
	printf("port %d\ndone\n", port);
	fflush(stdout);
	pause();
	return 0;
}
