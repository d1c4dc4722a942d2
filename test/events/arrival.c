/*
 * bpf/arrival.h without a kernel: src/events/arrival.test.ts gives commands and compares the answers.
 *   at NS | note END READ | take FROM TO (prints when the first byte had come)
 */
#include <stdio.h>
#include <string.h>

static unsigned long long now;
#define bpf_ktime_get_ns() now
#include "../../bpf/arrival.h"

int main(void)
{
	struct arrivals arrivals = {};
	unsigned long long a, b;
	char word[8];

	while (scanf("%7s", word) == 1) {
		if (strcmp(word, "at") == 0) {
			if (scanf("%llu", &now) != 1)
				return 2;
			continue;
		}
		if (scanf("%llu %llu", &a, &b) != 2)
			return 2;
		if (strcmp(word, "note") == 0)
			arrival_note(&arrivals, (u32)a, (u32)b);
		else
			printf("%llu\n", arrival_take(&arrivals, (u32)a, (u32)b));
	}
	return 0;
}
