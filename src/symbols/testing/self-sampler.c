/*
 * Preloaded into a program (LD_PRELOAD) it takes stack copies of it as the recorder does: registers, bytes from the stack
 * pointer, return addresses by frame pointers; on CPU time, without tracing anything. To KINDLING_SAMPLES, only in programs whose
 * name is KINDLING_SAMPLES_OF, forked children too. Records are host-endian:
 *   u64 pid, registers in DWARF order (rax rdx rcx rbx rsi rdi rbp rsp r8..r15, rip), frame pointer count, byte count; then those.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <ucontext.h>
#include <unistd.h>

enum { STACK_BYTES = 8192, FRAMES = 64, INTERVAL_US = 1009, HEADER_WORDS = 20, FRAMES_AT = 18, BYTES_AT = 19 };

static int output = -1;

static size_t read_own(uint64_t address, void *to, size_t length) {
  struct iovec local = {to, length}, remote = {(void *)address, length};
  ssize_t got = process_vm_readv(getpid(), &local, 1, &remote, 1, 0);
  return got < 0 ? 0 : (size_t)got;
}

static void sample(int signal, siginfo_t *info, void *context) {
  static const int order[] = {REG_RAX, REG_RDX, REG_RCX, REG_RBX, REG_RSI, REG_RDI, REG_RBP, REG_RSP, REG_R8, REG_R9, REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15, REG_RIP};
  const greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
  int saved = errno;
  struct { uint64_t words[HEADER_WORDS]; uint64_t frames[FRAMES]; unsigned char bytes[STACK_BYTES]; } record;
  uint64_t pair[2], frame = registers[REG_RBP], count = 0;
  (void)signal, (void)info;
  record.words[0] = getpid();
  for (int i = 0; i < 17; i++) record.words[1 + i] = registers[order[i]];
  record.frames[count++] = registers[REG_RIP];
  while (count < FRAMES && read_own(frame, pair, sizeof pair) == sizeof pair && pair[1] > 4096) {
    record.frames[count++] = pair[1];
    if (pair[0] <= frame) break;
    frame = pair[0];
  }
  record.words[FRAMES_AT] = count;
  unsigned char bytes[STACK_BYTES];
  record.words[BYTES_AT] = read_own(registers[REG_RSP], bytes, sizeof bytes);
  struct iovec parts[] = {{record.words, sizeof record.words}, {record.frames, count * 8}, {bytes, record.words[BYTES_AT]}};
  if (writev(output, parts, 3) < 0) output = -1;
  errno = saved;
}

static void start_timer(void) {
  struct itimerval every = {{0, INTERVAL_US}, {0, INTERVAL_US}};
  setitimer(ITIMER_PROF, &every, NULL);
}

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("KINDLING_SAMPLES"), *name = getenv("KINDLING_SAMPLES_OF");
  if (!path || !name || strcmp(program_invocation_short_name, name)) return;
  output = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (output < 0) return;
  struct sigaction action = {.sa_sigaction = sample, .sa_flags = SA_SIGINFO | SA_RESTART};
  sigaction(SIGPROF, &action, NULL);
  pthread_atfork(NULL, NULL, start_timer);
  start_timer();
}
