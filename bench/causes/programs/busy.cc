// A neighbour that wants all of its CPU.
int main() {
  for (volatile unsigned long i = 0;; i = i + 1) {
  }
}
