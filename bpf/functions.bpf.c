// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/*
 * Whether this kernel lets the return of a function be hooked: some are built without, some refuse it to those who may load
 * everything else. Only a trial tells. Loaded for a moment; of the calls whose return recorder.bpf.c hooks it takes the rarest.
 */
#include "kernel.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

SEC("fexit/__x64_sys_pwritev2")
int BPF_PROG(trial, struct pt_regs *regs, long result)
{
	return 0;
}
