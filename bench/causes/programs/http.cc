#include "http.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <mutex>
#include <sstream>
#include <thread>
#include <vector>

int currentThread() { return static_cast<int>(syscall(SYS_gettid)); }

void nameThread(const std::string &name) { pthread_setname_np(pthread_self(), name.substr(0, 15).c_str()); }

namespace {

[[noreturn]] void fail(const char *what) {
  perror(what);
  exit(1);
}

int listenOn(int port) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(fd, reinterpret_cast<sockaddr *>(&address), sizeof address) != 0 || listen(fd, 64) != 0) fail("listen");
  return fd;
}

// One request's head; its requests have no bodies. False: the connection has ended.
bool readHead(int fd, std::string &head) {
  char buffer[4096];
  while (head.find("\r\n\r\n") == std::string::npos) {
    ssize_t bytes = recv(fd, buffer, sizeof buffer, 0);
    if (bytes <= 0) return false;
    head.append(buffer, static_cast<size_t>(bytes));
  }
  return true;
}

std::string decoded(const std::string &text) {
  std::string result;
  for (size_t i = 0; i < text.size(); i++) {
    if (text[i] != '%' || i + 2 >= text.size()) result += text[i];
    else result += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16)), i += 2;
  }
  return result;
}

Request parse(const std::string &head) {
  Request request;
  std::string target = head.substr(4, head.find(' ', 4) - 4);
  size_t mark = target.find('?');
  request.path = target.substr(0, mark);
  std::istringstream pairs(mark == std::string::npos ? "" : target.substr(mark + 1));
  for (std::string pair; std::getline(pairs, pair, '&');) {
    size_t equals = pair.find('=');
    if (equals != std::string::npos) request.query[pair.substr(0, equals)] = decoded(pair.substr(equals + 1));
  }
  request.reader = currentThread();
  return request;
}

bool sendAll(int fd, const std::string &bytes) {
  for (size_t sent = 0; sent < bytes.size();) {
    ssize_t now = send(fd, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (now <= 0) return false;
    sent += static_cast<size_t>(now);
  }
  return true;
}

bool answer(int fd, const Request &request, const Handlers &handlers) {
  std::string name = request.path.substr(1, request.path.find('/', 1) - 1);
  auto handler = handlers.find(name);
  Response response;
  const char *status = "200 OK";
  if (handler == handlers.end()) status = "404 Not Found";
  else response = handler->second(request);
  std::ostringstream text;
  text << "HTTP/1.1 " << status << "\r\ncontent-type: text/plain\r\ncontent-length: " << response.body.size() << "\r\nx-facts: {\"reader\":" << request.reader
       << ",\"executor\":" << currentThread();
  for (const auto &[key, value] : response.facts) text << ",\"" << key << "\":" << value;
  text << "}\r\n\r\n" << response.body;
  return sendAll(fd, text.str());
}

void serveConnection(int fd, const Handlers &handlers) {
  nameThread("connection");
  for (std::string head; readHead(fd, head); head.clear()) {
    if (!answer(fd, parse(head), handlers)) break;
  }
  close(fd);
}

void serveByThreads(int listener, const Handlers &handlers) {
  nameThread("acceptor");
  for (;;) {
    int fd = accept(listener, nullptr, nullptr);
    if (fd >= 0) std::thread(serveConnection, fd, std::cref(handlers)).detach();
  }
}

struct Work { int fd; Request request; };

class Pool {
 public:
  Pool(int threads, const Handlers &handlers) {
    for (int i = 0; i < threads; i++) std::thread([this, i, &handlers] { run(i, handlers); }).detach();
  }

  void give(Work work) {
    std::lock_guard<std::mutex> hold(lock);
    waiting.push_back(std::move(work));
    some.notify_one();
  }

 private:
  void run(int number, const Handlers &handlers) {
    nameThread("worker-" + std::to_string(number));
    for (;;) {
      Work work = take();
      if (!answer(work.fd, work.request, handlers)) shutdown(work.fd, SHUT_RDWR);
    }
  }

  Work take() {
    std::unique_lock<std::mutex> hold(lock);
    some.wait(hold, [this] { return !waiting.empty(); });
    Work work = std::move(waiting.front());
    waiting.pop_front();
    return work;
  }

  std::mutex lock;
  std::condition_variable some;
  std::deque<Work> waiting;
};

// Clients send the next request of a connection after the answer to the one before, so nobody else reads it meanwhile.
void serveByPool(int listener, int threads, const Handlers &handlers) {
  nameThread("reader");
  Pool pool(threads, handlers);
  std::vector<pollfd> fds{{listener, POLLIN, 0}};
  for (;;) {
    if (poll(fds.data(), fds.size(), -1) < 0) continue;
    std::vector<pollfd> open{fds[0]};
    for (size_t i = 1; i < fds.size(); i++) {
      std::string head;
      if (fds[i].revents == 0 || readHead(fds[i].fd, head)) open.push_back({fds[i].fd, POLLIN, 0});
      else close(fds[i].fd);
      if (!head.empty() && open.back().fd == fds[i].fd) pool.give({fds[i].fd, parse(head)});
    }
    if (fds[0].revents != 0) {
      int fd = accept(listener, nullptr, nullptr);
      if (fd >= 0) open.push_back({fd, POLLIN, 0});
    }
    fds = open;
  }
}

int connectTo(int port) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, reinterpret_cast<sockaddr *>(&address), sizeof address) == 0) return fd;
  close(fd);
  return -1;
}

bool readAnswer(int fd) {
  std::string answer;
  if (!readHead(fd, answer)) return false;
  size_t body = answer.find("\r\n\r\n") + 4;
  size_t at = answer.find("content-length: ");
  size_t length = at == std::string::npos ? 0 : std::stoul(answer.substr(at + 16));
  std::vector<char> buffer(64 << 10);
  for (size_t seen = answer.size() - body; seen < length;) {
    ssize_t bytes = recv(fd, buffer.data(), buffer.size(), 0);
    if (bytes <= 0) return false;
    seen += static_cast<size_t>(bytes);
  }
  return true;
}

}  // namespace

bool get(int port, const std::string &path, bool keep) {
  static thread_local std::map<int, int> standing;
  int fd = keep && standing.count(port) > 0 ? standing[port] : connectTo(port);
  if (fd < 0) return false;
  bool ok = sendAll(fd, "GET " + path + " HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n") && readAnswer(fd);
  if (keep && ok) {
    standing[port] = fd;
  } else {
    standing.erase(port);
    close(fd);
  }
  return ok;
}

void serve(int port, int poolThreads, const Handlers &handlers) {
  signal(SIGPIPE, SIG_IGN);
  int listener = listenOn(port);
  if (poolThreads > 0) serveByPool(listener, poolThreads, handlers);
  else serveByThreads(listener, handlers);
}
