/*
 * Addresses to stacks and names, over elfutils' libdw and libiberty. An addon of its own, so that the capture side needs
 * neither library, and loaded only in a process of its own: binaries are hostile input, and libdw is not proof against them.
 *
 * Threads and lifetimes: an object belongs to the thread (main or worker) that made it. Nothing is shared between threads.
 * close() of a Binary may be called any number of times; every other call on a closed one throws. An AddressSpace keeps the
 * binaries it was given, closed or not, until it gets others or is collected.
 */
#include "arguments.h"

#include <elfutils/libdw.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/uio.h>

#include <mutex>

#include "binary-object.h"
#include "demangle.h"
#include "space-object.h"

namespace {

constexpr size_t kReadLimit = 16 << 20;

// readMemory(pid, address, length): bytes as they are now, or null.
Napi::Value ReadMemory(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  uint32_t pid = Number(info, 0);
  uint64_t address = Big(info, 1);
  size_t length = Number(info, 2);
  if (length > kReadLimit) throw Napi::RangeError::New(env, "at most 16 MiB at once");
  if (pid == 0 || length == 0) return env.Null();
  Napi::Uint8Array bytes = Napi::Uint8Array::New(env, length);
  iovec local{bytes.Data(), length};
  iovec remote{reinterpret_cast<void*>(address), length};
  ssize_t got = process_vm_readv(static_cast<pid_t>(pid), &local, 1, &remote, 1, 0);
  if (got != static_cast<ssize_t>(length)) return env.Null();
  return bytes;
}

// dieWithParent(): the kernel ends this process with the thread that started it, also when it is deep in a look-up that does not end.
void DieWithParent(const Napi::CallbackInfo&) { prctl(PR_SET_PDEATHSIG, SIGKILL); }

Napi::Value DemangleText(const Napi::CallbackInfo& info) { return Napi::String::New(info.Env(), Demangle(Text(info, 0).c_str())); }

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  static std::once_flag once;
  std::call_once(once, [] { elf_version(EV_CURRENT); });
  exports.Set("Binary", BinaryObject::Define(env));
  exports.Set("AddressSpace", SpaceObject::Define(env));
  exports.Set("dieWithParent", Napi::Function::New<DieWithParent>(env));
  exports.Set("demangle", Napi::Function::New<DemangleText>(env));
  exports.Set("readMemory", Napi::Function::New<ReadMemory>(env));
  return exports;
}

}  // namespace

NODE_API_MODULE(symbols, Init)
