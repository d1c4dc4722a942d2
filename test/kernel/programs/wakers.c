/*
 * A thread that waits, beside one on the same CPU that computes all the time: 60 times until a time limit of its own passes (futex,
 * epoll), 20 times until the computing thread wakes it (futex), 20 times until that one sends it something (TCP over the loopback).
 * Prints `computes TID`, `waits TID`, then the clock (monotonic ns) at which each part began and the last ended: `limits NS`,
 * `futex NS`, `socket NS`, `end NS`; ends when its standard input does.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { LIMITS = 30, WAKES = 20 };
enum part { COMPUTE, WAKE, SEND, END };

static atomic_int part, word, asleep;
static int ends[2];

static long long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void pin(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static void futex_wait(int value, const struct timespec *limit)
{
	syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, value, limit, 0, 0);
}

/* The other thread has the CPU only while this one has left it: what it waits for is not there before it waits. */
static void *compute(void *unused)
{
	pin();
	printf("computes %d\n", gettid());
	fflush(stdout);
	for (long long spun = now(); part != END;) {
		if (!asleep || now() - spun < 2000000) {
			/* Interrupts shall find it in user space and in the kernel. */
			getppid();
			continue;
		}
		spun = now();
		if (part == WAKE) {
			asleep = 0;
			word++;
			syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, 0, 0, 0);
		} else if (part == SEND) {
			asleep = 0;
			if (send(ends[1], "x", 1, 0) != 1)
				exit(1);
		}
	}
	return unused;
}

static void connect_ends(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	if (bind(listener, (void *)&address, length) || listen(listener, 1) || getsockname(listener, (void *)&address, &length))
		exit(1);
	ends[1] = socket(AF_INET, SOCK_STREAM, 0);
	if (connect(ends[1], (void *)&address, length) || (ends[0] = accept(listener, 0, 0)) < 0)
		exit(1);
}

static void mark(const char *name)
{
	printf("%s %lld\n", name, now());
	fflush(stdout);
}

int main(void)
{
	struct timespec limit = { .tv_nsec = 3000000 };
	struct epoll_event event;
	int epoll = epoll_create1(0);
	pthread_t thread;
	char byte;

	pin();
	connect_ends();
	printf("waits %d\n", gettid());
	pthread_create(&thread, 0, compute, 0);
	usleep(20000);
	mark("limits");
	for (int i = 0; i < LIMITS; i++) {
		futex_wait(word, &limit);
		epoll_wait(epoll, &event, 1, 3);
	}
	mark("futex");
	part = WAKE;
	for (int i = 0; i < WAKES; i++) {
		int value = word;

		asleep = 1;
		futex_wait(value, 0);
	}
	mark("socket");
	part = SEND;
	for (int i = 0; i < WAKES; i++) {
		asleep = 1;
		if (recv(ends[0], &byte, 1, 0) != 1)
			exit(1);
	}
	mark("end");
	part = END;
	pthread_join(thread, 0);
	while (read(0, &byte, 1) > 0)
		;
	return 0;
}
