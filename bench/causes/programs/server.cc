// The native programs with a known cause of slowness. Usage: server PORT [POOL-THREADS]. Optimised, without frame pointers.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <mutex>
#include <random>
#include <vector>

#include "http.h"

namespace {

constexpr size_t fileBytes = 256 << 20;
constexpr size_t blockBytes = 1 << 20;
constexpr size_t pageBytes = 4 << 10;

double millisecondsOf(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

double elapsed() { return millisecondsOf(CLOCK_MONOTONIC); }

volatile unsigned long sink;

__attribute__((noinline)) void mixPixels(unsigned long rounds) {
  unsigned long value = sink + 1;
  for (unsigned long i = 0; i < rounds; i++) value = value * 6364136223846793005UL + (value >> 29);
  sink = value;
}

}  // namespace

// By CPU time, not by the clock: what else runs on the machine does not make less work of it.
__attribute__((noinline)) void encodeThumbnail(long ms) {
  double until = millisecondsOf(CLOCK_THREAD_CPUTIME_ID) + static_cast<double>(ms);
  while (millisecondsOf(CLOCK_THREAD_CPUTIME_ID) < until) mixPixels(400000);
}

__attribute__((noinline)) void rebuildIndex(long ms) {
  double until = millisecondsOf(CLOCK_THREAD_CPUTIME_ID) + static_cast<double>(ms);
  while (millisecondsOf(CLOCK_THREAD_CPUTIME_ID) < until) mixPixels(400000);
}

__attribute__((noinline)) void pauseFor(long ms) {
  timespec wait{ms / 1000, (ms % 1000) * 1000000};
  nanosleep(&wait, nullptr);
}

namespace {

std::mutex inventory;

Response hold(const Request &request) {
  std::lock_guard<std::mutex> holding(inventory);
  rebuildIndex(request.number("ms", 400));
  return {};
}

Response waitForLock(const Request &) {
  std::lock_guard<std::mutex> holding(inventory);
  return {};
}

int openData(const char *name) {
  int fd = open(name, O_RDWR | O_CREAT, 0600);
  if (fd < 0) perror(name), exit(1);
  return fd;
}

// Written and on the disk, nothing of it in the page cache.
Response prepareFile(const Request &) {
  int fd = openData("catalogue.dat");
  struct stat facts{};
  fstat(fd, &facts);
  std::vector<char> block(1 << 20, 'x');
  for (size_t at = static_cast<size_t>(facts.st_size); at < fileBytes; at += block.size()) {
    if (pwrite(fd, block.data(), block.size(), static_cast<off_t>(at)) < 0) perror("write"), exit(1);
  }
  fsync(fd);
  posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
  void *map = mmap(nullptr, fileBytes, PROT_READ, MAP_SHARED, fd, 0);
  std::vector<unsigned char> resident(fileBytes / pageBytes);
  mincore(map, fileBytes, resident.data());
  munmap(map, fileBytes);
  close(fd);
  Response response;
  response.facts["residentPages"] = std::count_if(resident.begin(), resident.end(), [](unsigned char page) { return (page & 1) != 0; });
  return response;
}

std::vector<size_t> shuffled(size_t count) {
  std::vector<size_t> order(count);
  for (size_t i = 0; i < count; i++) order[i] = i;
  std::shuffle(order.begin(), order.end(), std::mt19937(7));
  return order;
}

Response readCold(const Request &request) {
  int fd = openData("catalogue.dat");
  posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM);
  std::vector<char> block(blockBytes);
  double until = elapsed() + static_cast<double>(request.number("ms", 400));
  for (size_t i : shuffled(fileBytes / blockBytes)) {
    if (elapsed() >= until) break;
    if (pread(fd, block.data(), block.size(), static_cast<off_t>(i * blockBytes)) < 0) perror("read");
  }
  close(fd);
  return {};
}

// More pages than its cgroup's memory holds: each touch evicts another and waits for the disk.
Response touchMapped(const Request &request) {
  int fd = openData("catalogue.dat");
  auto *map = static_cast<volatile char *>(mmap(nullptr, fileBytes, PROT_READ, MAP_SHARED, fd, 0));
  double until = elapsed() + static_cast<double>(request.number("ms", 400));
  unsigned long sum = 0;
  for (size_t i : shuffled(fileBytes / pageBytes)) {
    if (elapsed() >= until) break;
    sum += static_cast<unsigned long>(map[i * pageBytes]);
  }
  sink = sum;
  munmap(const_cast<char *>(map), fileBytes);
  close(fd);
  return {};
}

Response commitJournal(const Request &request) {
  int fd = openData("journal.dat");
  std::vector<char> block(blockBytes, 'j');
  double until = elapsed() + static_cast<double>(request.number("ms", 400));
  for (off_t at = 0; elapsed() < until; at = (at + static_cast<off_t>(block.size())) % (64 << 20)) {
    if (pwrite(fd, block.data(), block.size(), at) < 0) perror("write");
    fsync(fd);
  }
  close(fd);
  return {};
}

Response call(const Request &request) {
  bool ok = get(static_cast<int>(request.number("port", 0)), request.query.at("path"), request.number("fresh", 0) == 0);
  Response response;
  response.body = ok ? "ok\n" : "failed\n";
  response.facts["ok"] = ok;
  return response;
}

const Handlers handlers = {
  {"fast", [](const Request &) { mixPixels(20000); return Response{}; }},
  {"cpu", [](const Request &request) { encodeThumbnail(request.number("ms", 400)); return Response{}; }},
  {"sleep", [](const Request &request) { pauseFor(request.number("ms", 400)); return Response{}; }},
  {"hold", hold},
  {"lock", waitForLock},
  {"prepare", prepareFile},
  {"read", readCold},
  {"touch", touchMapped},
  {"commit", commitJournal},
  {"call", call},
  {"large", [](const Request &request) { Response response; response.body.assign(static_cast<size_t>(request.number("kb", 64)) << 10, 'x'); return response; }},
};

}  // namespace

int main(int count, char **arguments) {
  if (count < 2) return fprintf(stderr, "usage: server PORT [POOL-THREADS]\n"), 2;
  serve(atoi(arguments[1]), count > 2 ? atoi(arguments[2]) : 0, handlers);
}
