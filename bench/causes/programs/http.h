// A small HTTP/1.1 server in the two forms that servers commonly have: a thread for each connection, or one reader that hands
// requests to a pool of threads. Every response says in `x-facts` which threads had a part in it.
#pragma once

#include <functional>
#include <map>
#include <string>

struct Request {
  std::string path;
  std::map<std::string, std::string> query;
  // Thread that read it.
  int reader;

  long number(const char *name, long otherwise) const {
    auto found = query.find(name);
    return found == query.end() ? otherwise : std::stol(found->second);
  }
};

struct Response {
  std::string body = "ok\n";
  std::map<std::string, long> facts;
};

// By the path's first segment: `/cpu/run` goes to "cpu".
using Handlers = std::map<std::string, std::function<Response(const Request &)>>;

int currentThread();
void nameThread(const std::string &name);

// Returns never. `poolThreads` 0: a thread for each connection.
void serve(int port, int poolThreads, const Handlers &handlers);

// A GET to 127.0.0.1; with `keep` over this thread's standing connection to the port, else over a new one. False: it failed.
bool get(int port, const std::string &path, bool keep);
