import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/** What a Java server is found doing: work in nested calls (some of them inlined), garbage, waiting for locks. */
public class Shop {
  static final Object monitor = new Object();
  static final ReentrantLock lock = new ReentrantLock();

  static int sumPrices(int rounds) {
    int sum = 0;
    for (int i = 0; i < rounds; i++) sum += (i * i) % 7;
    return sum;
  }

  static int addUp(int rounds) {
    int total = 0;
    for (int i = 0; i < 50; i++) total += sumPrices(rounds);
    return total;
  }

  static class Basket {
    final List<Integer> items = new ArrayList<>();

    long total() {
      return items.stream().mapToLong(item -> addUp(2000 + item)).sum();
    }
  }

  static long handle() {
    Basket basket = new Basket();
    for (int i = 0; i < 8; i++) basket.items.add(i);
    return basket.total();
  }

  static int makeGarbage() {
    List<byte[]> kept = new ArrayList<>();
    for (int i = 0; i < 60_000; i++) {
      kept.add(new byte[1000]);
      if (kept.size() > 20_000) kept.clear();
    }
    return kept.size();
  }

  static void waitForMonitor() {
    synchronized (monitor) {
      sumPrices(1);
    }
  }

  static void waitForLock() {
    lock.lock();
    lock.unlock();
  }

  public static void main(String[] arguments) throws Exception {
    long sum = 0;
    if (arguments[0].equals("locks")) {
      lock.lock();
      synchronized (monitor) {
        new Thread(Shop::waitForMonitor, "for-monitor").start();
        new Thread(Shop::waitForLock, "for-lock").start();
        System.in.read();
      }
    }
    while (arguments[0].equals("work")) sum += handle();
    while (arguments[0].equals("garbage")) sum += makeGarbage();
    System.out.println(sum);
  }
}
