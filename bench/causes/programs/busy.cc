// A neighbour whose threads want all of a CPU. Usage: busy THREADS.
#include <cstdlib>
#include <thread>

static void spin() {
  for (volatile unsigned long i = 0;; i = i + 1) {
  }
}

int main(int count, char **arguments) {
  for (int i = count > 1 ? atoi(arguments[1]) : 1; i > 1; i--) std::thread(spin).detach();
  spin();
}
