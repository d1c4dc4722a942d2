/* A process out of scope: a trivial system call in a loop. Prints CPU nanoseconds a call. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static long long cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

int main(int argc, char **argv)
{
	long calls = argc > 1 ? atol(argv[1]) : 5000000;
	long long start = cpu_ns();

	for (long i = 0; i < calls; i++)
		syscall(SYS_getppid);
	printf("%.3f\n", (double)(cpu_ns() - start) / calls);
	return 0;
}
