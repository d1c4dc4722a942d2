/*
 * Two threads on one CPU that wake each other in turn: nothing but switches. Prints CPU nanoseconds a switch, the kernel's
 * part included: ping-pong ROUNDS CPU.
 */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int turn;
static long rounds;

static void wait_for(int mine)
{
	while (__atomic_load_n(&turn, __ATOMIC_ACQUIRE) != mine)
		syscall(SYS_futex, &turn, FUTEX_WAIT_PRIVATE, !mine, 0, 0, 0);
}

static void give(int to)
{
	__atomic_store_n(&turn, to, __ATOMIC_RELEASE);
	syscall(SYS_futex, &turn, FUTEX_WAKE_PRIVATE, 1, 0, 0, 0);
}

static void *other(void *unused)
{
	for (long i = 0; i < rounds; i++) {
		wait_for(1);
		give(0);
	}
	return unused;
}

static double cpu_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return time.tv_sec * 1e9 + time.tv_nsec;
}

int main(int count, char **arguments)
{
	pthread_t thread;
	cpu_set_t one;
	double start;

	rounds = count > 1 ? atol(arguments[1]) : 100000;
	CPU_ZERO(&one);
	CPU_SET(count > 2 ? atoi(arguments[2]) : 0, &one);
	sched_setaffinity(0, sizeof(one), &one);
	start = cpu_ns();
	pthread_create(&thread, 0, other, 0);
	for (long i = 0; i < rounds; i++) {
		give(1);
		wait_for(0);
	}
	pthread_join(thread, 0);
	printf("%.1f\n", (cpu_ns() - start) / (2.0 * rounds));
	return 0;
}
