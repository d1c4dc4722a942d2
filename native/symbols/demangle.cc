#include "demangle.h"

#include <algorithm>
#include <cstring>

// libiberty declares a basename() of its own unless told that there is one.
#define HAVE_DECL_BASENAME 1
#include <libiberty/demangle.h>

namespace {

constexpr size_t kMangledLimit = 4096, kNameLimit = 1024;

// Substitutions can make a short mangled name gigabytes long: only its beginning is kept.
void Collect(const char* text, size_t length, void* opaque) {
  std::string& name = *static_cast<std::string*>(opaque);
  if (name.size() < kNameLimit) name.append(text, std::min(length, kNameLimit - name.size()));
}

}  // namespace

std::string Demangle(const char* name) {
  size_t length = strnlen(name, kMangledLimit);
  if (length == kMangledLimit) return std::string(name, kNameLimit);
  std::string readable;
  bool rust = std::strncmp(name, "_R", 2) == 0 || std::strncmp(name, "_ZN", 3) == 0;
  if (rust && rust_demangle_callback(name, 0, Collect, &readable) && !readable.empty()) return readable;
  readable.clear();
  if (std::strncmp(name, "_Z", 2) == 0 && cplus_demangle_v3_callback(name, DMGL_ANSI, Collect, &readable) && !readable.empty()) return readable;
  return std::string(name, std::min(length, kNameLimit));
}
