import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Executors;

/** The Java programs with a known cause of slowness. Usage: Service PORT. */
public class Service {
  private static final Object stock = new Object();
  private static Object[] kept = new Object[0];
  private static volatile double sink;

  public static void main(String[] arguments) throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0])), 64);
    server.setExecutor(Executors.newFixedThreadPool(8));
    server.createContext("/", exchange -> answer(exchange, () -> {}));
    server.createContext("/cpu", exchange -> answer(exchange, () -> renderInvoice(milliseconds(exchange, 400))));
    server.createContext("/hold", exchange -> answer(exchange, () -> hold(milliseconds(exchange, 500))));
    server.createContext("/lock", exchange -> answer(exchange, Service::take));
    server.createContext("/gc", exchange -> answer(exchange, () -> churn(milliseconds(exchange, 300))));
    server.start();
  }

  private static void renderInvoice(long ms) {
    long until = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() + ms * 1_000_000;
    double sum = 0;
    while (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() < until) sum += addLines(100_000);
    sink = sum;
  }

  private static double addLines(int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) sum += Math.sqrt(i) * 1.19;
    return sum;
  }

  private static void hold(long ms) {
    synchronized (stock) {
      renderInvoice(ms);
    }
  }

  private static void take() {
    synchronized (stock) {
      sink++;
    }
  }

  /** Replaces what is kept, in a heap that has hardly room for it, until the collector has worked for so long. */
  private static void churn(long ms) {
    long until = collectedMs() + ms;
    int at = 0;
    if (kept.length == 0) kept = new Object[2_000_000];
    while (collectedMs() < until) {
      for (int i = 0; i < 10_000; i++) {
        kept[at] = new long[18];
        at = (at + 1) % kept.length;
      }
    }
  }

  private static long collectedMs() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream().mapToLong(GarbageCollectorMXBean::getCollectionTime).sum();
  }

  private static long milliseconds(HttpExchange exchange, long otherwise) {
    String query = exchange.getRequestURI().getQuery();
    return query == null || !query.startsWith("ms=") ? otherwise : Long.parseLong(query.substring(3));
  }

  private static void answer(HttpExchange exchange, Runnable work) throws IOException {
    work.run();
    String thread = Path.of("/proc/thread-self").toRealPath().getFileName().toString();
    byte[] body = "ok\n".getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("x-facts", "{\"reader\":" + thread + ",\"executor\":" + thread + "}");
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }
}
