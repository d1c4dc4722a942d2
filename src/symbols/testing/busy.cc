// Uses CPU time in functions that are known by name: `busy work|vdso|signal|thread|jit`. Ends when its standard input does.
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

namespace shop {

volatile uint64_t sink;

static bool over() {
  pollfd input = {0, POLLIN, 0};
  return poll(&input, 1, 0) != 0;
}

inline __attribute__((always_inline)) uint64_t mix(uint64_t value) {
  for (int i = 0; i < 1000; i++) value = (value ^ (value >> 33)) * 0xff51afd7ed558ccdull;
  return value;
}

template <typename Price>
struct Basket {
  __attribute__((noinline)) Price total(Price start) {
    Price sum = start;
    for (int i = 0; i < 200; i++) sum += mix(sum + i);
    return sum;
  }
};

__attribute__((noinline)) void checkout() {
  Basket<unsigned long> basket;
  while (!over()) sink = sink + basket.total(sink);
}

__attribute__((noinline)) void watch_clock() {
  timespec now;
  while (!over())
    for (int i = 0; i < 2000; i++) {
      clock_gettime(CLOCK_MONOTONIC, &now);
      sink = sink + now.tv_nsec;
    }
}

void on_signal(int) {
  Basket<int> basket;
  for (int i = 0; i < 50; i++) sink = sink + basket.total(i);
}

__attribute__((noinline)) void interrupted() {
  signal(SIGUSR1, on_signal);
  while (!over()) {
    raise(SIGUSR1);
    sink = sink + 1;
  }
}

void *worker(void *) {
  checkout();
  return nullptr;
}

// Code without a file and without unwinding information, as a JIT compiler makes it: calls its argument. Named in a perf map.
__attribute__((noinline)) void generated() {
  static const unsigned char code[] = {0x55, 0x48, 0x89, 0xe5, 0xff, 0xd7, 0x5d, 0xc3};  // push rbp; mov rbp,rsp; call rdi; pop rbp; ret
  void *memory = mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  char path[64];
  memcpy(memory, code, sizeof code);
  snprintf(path, sizeof path, "/tmp/perf-%d.map", static_cast<int>(getpid()));
  if (FILE *map = fopen(path, "w")) {
    fprintf(map, "%lx %lx generated_caller of checkout\n%lx 10 half a li", reinterpret_cast<unsigned long>(memory), sizeof code, reinterpret_cast<unsigned long>(memory));
    fclose(map);
  }
  reinterpret_cast<void (*)(void (*)())>(memory)(checkout);
  unlink(path);
}

}  // namespace shop

int main(int count, char **arguments) {
  const char *what = count > 1 ? arguments[1] : "work";
  if (!strcmp(what, "vdso")) shop::watch_clock();
  else if (!strcmp(what, "signal")) shop::interrupted();
  else if (!strcmp(what, "jit")) shop::generated();
  else if (!strcmp(what, "thread")) {
    pthread_t thread;
    pthread_create(&thread, nullptr, shop::worker, nullptr);
    pthread_join(thread, nullptr);
  } else shop::checkout();
  // Not as a tail call: main stays on the stack.
  return shop::sink == 7;
}
