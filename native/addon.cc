/*
 * The smallest door to libbpf: open, constants, load, attach, memory-mapped maps, look-ups. No policy, no decoding: the
 * data path is JavaScript reading the kernel's pages.
 *
 * Threads and lifetimes: an object belongs to the thread (main or worker) that made it; several objects and several
 * threads may use the addon at once (libbpf's log goes to the thread that is calling). close() may be called any number of
 * times; every other call on a closed object throws. A mapping outlives close(): its pages are given back when the
 * ArrayBuffer is collected.
 */
#include <napi.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <linux/perf_event.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <string>
#include <unordered_map>

namespace {

constexpr size_t kLogLimit = 64 * 1024;
thread_local std::string tLog;

int CollectLog(enum libbpf_print_level level, const char* format, va_list args) {
  if (level == LIBBPF_DEBUG) return 0;
  // One message can be a whole verifier log: measure it first.
  va_list again;
  va_copy(again, args);
  int length = vsnprintf(nullptr, 0, format, again);
  va_end(again);
  if (length < 0) return 0;
  size_t before = tLog.size();
  tLog.resize(before + length + 1);
  vsnprintf(&tLog[before], length + 1, format, args);
  tLog.resize(before + length);
  // The verifier's reason stands at the end.
  if (tLog.size() > kLogLimit) tLog.erase(0, tLog.size() - kLogLimit);
  return length;
}

Napi::Error Failure(Napi::Env env, const std::string& what, int error) {
  Napi::Error failure = Napi::Error::New(env, what + ": " + std::strerror(error));
  failure.Set("errno", Napi::Number::New(env, error));
  failure.Set("log", Napi::String::New(env, tLog));
  tLog.clear();
  return failure;
}

std::string Text(const Napi::CallbackInfo& info, size_t index) {
  if (index >= info.Length() || !info[index].IsString())
    throw Napi::TypeError::New(info.Env(), "argument " + std::to_string(index) + " must be a string");
  return info[index].As<Napi::String>().Utf8Value();
}

uint32_t Number(const Napi::CallbackInfo& info, size_t index) {
  if (index >= info.Length() || !info[index].IsNumber())
    throw Napi::TypeError::New(info.Env(), "argument " + std::to_string(index) + " must be a number");
  return info[index].As<Napi::Number>().Uint32Value();
}

Napi::Uint8Array Bytes(const Napi::CallbackInfo& info, size_t index) {
  if (index >= info.Length() || !info[index].IsTypedArray() ||
      info[index].As<Napi::TypedArray>().TypedArrayType() != napi_uint8_array)
    throw Napi::TypeError::New(info.Env(), "argument " + std::to_string(index) + " must be a Uint8Array");
  return info[index].As<Napi::Uint8Array>();
}

class BpfObject : public Napi::ObjectWrap<BpfObject> {
 public:
  static Napi::Function Define(Napi::Env env) {
    return DefineClass(env, "BpfObject",
                       {
                           InstanceMethod<&BpfObject::Programs>("programs"),
                           InstanceMethod<&BpfObject::SetMaxEntries>("setMaxEntries"),
                           InstanceMethod<&BpfObject::SetAutoload>("setAutoload"),
                           InstanceMethod<&BpfObject::GetInitial>("initialValue"),
                           InstanceMethod<&BpfObject::SetInitial>("setInitialValue"),
                           InstanceMethod<&BpfObject::Load>("load"),
                           InstanceMethod<&BpfObject::Attach>("attach"),
                           InstanceMethod<&BpfObject::AttachCgroup>("attachCgroup"),
                           InstanceMethod<&BpfObject::AttachClock>("attachClock"),
                           InstanceMethod<&BpfObject::Iterate>("iterate"),
                           InstanceMethod<&BpfObject::Detach>("detach"),
                           InstanceMethod<&BpfObject::RunTime>("runTime"),
                           InstanceMethod<&BpfObject::Map>("mmap"),
                           InstanceMethod<&BpfObject::Lookup>("lookup"),
                           InstanceMethod<&BpfObject::Update>("update"),
                           InstanceMethod<&BpfObject::Close>("close"),
                       });
  }

  explicit BpfObject(const Napi::CallbackInfo& info) : Napi::ObjectWrap<BpfObject>(info) {
    std::string path = Text(info, 0);
    tLog.clear();
    object_ = bpf_object__open_file(path.c_str(), nullptr);
    if (!object_) throw Failure(info.Env(), "cannot open " + path, errno);
  }

  ~BpfObject() override { Release(); }

 private:
  void Release() {
    for (auto& entry : links_) bpf_link__destroy(entry.second);
    links_.clear();
    if (object_) bpf_object__close(object_);
    object_ = nullptr;
  }

  bpf_object* Object(Napi::Env env) {
    if (!object_) throw Napi::Error::New(env, "the BPF object is closed");
    return object_;
  }

  bpf_program* Program(const Napi::CallbackInfo& info) {
    std::string name = Text(info, 0);
    bpf_program* program = bpf_object__find_program_by_name(Object(info.Env()), name.c_str());
    if (!program) throw Napi::Error::New(info.Env(), "no program " + name);
    return program;
  }

  bpf_map* FindMap(const Napi::CallbackInfo& info) {
    std::string name = Text(info, 0);
    bpf_map* map = bpf_object__find_map_by_name(Object(info.Env()), name.c_str());
    if (!map) throw Napi::Error::New(info.Env(), "no map " + name);
    return map;
  }

  Napi::Value Programs(const Napi::CallbackInfo& info) {
    Napi::Array names = Napi::Array::New(info.Env());
    bpf_program* program;
    bpf_object__for_each_program(program, Object(info.Env()))
      names.Set(names.Length(), Napi::String::New(info.Env(), bpf_program__name(program)));
    return names;
  }

  void SetMaxEntries(const Napi::CallbackInfo& info) {
    int error = bpf_map__set_max_entries(FindMap(info), Number(info, 1));
    if (error) throw Failure(info.Env(), "max_entries of " + Text(info, 0), -error);
  }

  void SetAutoload(const Napi::CallbackInfo& info) {
    bpf_program__set_autoload(Program(info), info[1].ToBoolean().Value());
  }

  // A copy of a data section (".rodata") as it will be loaded.
  Napi::Value GetInitial(const Napi::CallbackInfo& info) {
    size_t size = 0;
    const void* value = bpf_map__initial_value(FindMap(info), &size);
    if (!value) throw Napi::Error::New(info.Env(), "map " + Text(info, 0) + " has no initial value");
    Napi::Uint8Array copy = Napi::Uint8Array::New(info.Env(), size);
    std::memcpy(copy.Data(), value, size);
    return copy;
  }

  void SetInitial(const Napi::CallbackInfo& info) {
    Napi::Uint8Array value = Bytes(info, 1);
    int error = bpf_map__set_initial_value(FindMap(info), value.Data(), value.ByteLength());
    if (error) throw Failure(info.Env(), "initial value of " + Text(info, 0), -error);
  }

  // The verifier gives up (EAGAIN) as soon as its thread has a signal pending, such as a profiler's: they wait.
  void Load(const Napi::CallbackInfo& info) {
    bpf_object* object = Object(info.Env());
    sigset_t all, before;
    tLog.clear();
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = bpf_object__load(object);
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    if (error) throw Failure(info.Env(), "the kernel refused the programs", -error);
  }

  void Attach(const Napi::CallbackInfo& info) {
    std::string name = Text(info, 0);
    bpf_program* program = Program(info);
    if (links_.count(name)) return;
    tLog.clear();
    bpf_link* link = bpf_program__attach(program);
    if (!link) throw Failure(info.Env(), "cannot attach " + name, errno);
    links_[name] = link;
  }

  // attachCgroup(program, folder): may be called for several folders.
  void AttachCgroup(const Napi::CallbackInfo& info) {
    bpf_program* program = Program(info);
    std::string folder = Text(info, 1), key = Text(info, 0) + " " + folder;
    if (links_.count(key)) return;
    int fd = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) throw Failure(info.Env(), "cannot open " + folder, errno);
    tLog.clear();
    bpf_link* link = bpf_program__attach_cgroup(program, fd);
    int error = errno;
    close(fd);
    if (!link) throw Failure(info.Env(), "cannot attach " + key, error);
    links_[key] = link;
  }

  // attachClock(program, cpu, periodNs): runs it on that CPU each periodNs of its time.
  void AttachClock(const Napi::CallbackInfo& info) {
    bpf_program* program = Program(info);
    uint32_t cpu = Number(info, 1);
    std::string key = Text(info, 0) + " " + std::to_string(cpu);
    if (links_.count(key)) return;
    perf_event_attr event{};
    event.size = sizeof(event);
    event.type = PERF_TYPE_SOFTWARE;
    event.config = PERF_COUNT_SW_CPU_CLOCK;
    event.sample_period = Number(info, 2);
    int fd = static_cast<int>(syscall(SYS_perf_event_open, &event, -1, static_cast<int>(cpu), -1, PERF_FLAG_FD_CLOEXEC));
    if (fd < 0) throw Failure(info.Env(), "cannot sample CPU " + std::to_string(cpu), errno);
    tLog.clear();
    bpf_link* link = bpf_program__attach_perf_event(program, fd);
    if (!link) {
      int error = errno;
      close(fd);
      throw Failure(info.Env(), "cannot attach " + key, error);
    }
    links_[key] = link;
  }

  // iterate(program): all that an iterator program, attached before, writes now.
  Napi::Value Iterate(const Napi::CallbackInfo& info) {
    Object(info.Env());
    auto found = links_.find(Text(info, 0));
    if (found == links_.end()) throw Napi::Error::New(info.Env(), Text(info, 0) + " is not attached");
    int fd = bpf_iter_create(bpf_link__fd(found->second));
    if (fd < 0) throw Failure(info.Env(), "cannot iterate with " + Text(info, 0), errno);
    std::string bytes;
    size_t used = 0;
    ssize_t length;
    do {
      bytes.resize(used + 64 * 1024);
      length = read(fd, &bytes[used], bytes.size() - used);
      if (length > 0) used += static_cast<size_t>(length);
    } while (length > 0 || (length < 0 && (errno == EAGAIN || errno == EINTR)));
    int error = length < 0 ? errno : 0;
    close(fd);
    if (error) throw Failure(info.Env(), "cannot read what " + Text(info, 0) + " tells", error);
    Napi::Uint8Array copy = Napi::Uint8Array::New(info.Env(), used);
    std::memcpy(copy.Data(), bytes.data(), used);
    return copy;
  }

  void Detach(const Napi::CallbackInfo& info) {
    Object(info.Env());
    auto found = links_.find(Text(info, 0));
    if (found == links_.end()) return;
    bpf_link__destroy(found->second);
    links_.erase(found);
  }

  // {runs, ns} of a program, as far as kernel.bpf_stats_enabled was on.
  Napi::Value RunTime(const Napi::CallbackInfo& info) {
    bpf_prog_info program{};
    uint32_t length = sizeof(program);
    int fd = bpf_program__fd(Program(info));
    if (fd < 0 || bpf_obj_get_info_by_fd(fd, &program, &length)) throw Failure(info.Env(), "program info", errno);
    Napi::Object result = Napi::Object::New(info.Env());
    result.Set("runs", Napi::Number::New(info.Env(), static_cast<double>(program.run_cnt)));
    result.Set("ns", Napi::Number::New(info.Env(), static_cast<double>(program.run_time_ns)));
    return result;
  }

  // mmap(name, writable): the map's memory as an ArrayBuffer.
  Napi::Value Map(const Napi::CallbackInfo& info) {
    bpf_map* map = FindMap(info);
    size_t element = (bpf_map__value_size(map) + 7) / 8 * 8;
    size_t page = sysconf(_SC_PAGESIZE);
    size_t bytes = element * bpf_map__max_entries(map);
    size_t length = (bytes + page - 1) / page * page;
    int fd = bpf_map__fd(map);
    if (fd < 0) throw Napi::Error::New(info.Env(), "map " + Text(info, 0) + " is not loaded");
    int protection = info[1].ToBoolean().Value() ? PROT_READ | PROT_WRITE : PROT_READ;
    void* memory = mmap(nullptr, length, protection, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED) throw Failure(info.Env(), "cannot map " + Text(info, 0), errno);
    return Napi::ArrayBuffer::New(
        info.Env(), memory, bytes, [](Napi::Env, void* data, size_t* size) {
          munmap(data, *size);
          delete size;
        },
        new size_t(length));
  }

  // lookup(name, key): value bytes (of a per-CPU map: of all possible CPUs), or null.
  Napi::Value Lookup(const Napi::CallbackInfo& info) {
    bpf_map* map = FindMap(info);
    Napi::Uint8Array key = Bytes(info, 1);
    if (key.ByteLength() != bpf_map__key_size(map)) throw Napi::RangeError::New(info.Env(), "key has the wrong size");
    size_t size = bpf_map__value_size(map);
    enum bpf_map_type type = bpf_map__type(map);
    if (type == BPF_MAP_TYPE_PERCPU_ARRAY || type == BPF_MAP_TYPE_PERCPU_HASH || type == BPF_MAP_TYPE_LRU_PERCPU_HASH)
      size = (size + 7) / 8 * 8 * libbpf_num_possible_cpus();
    Napi::Uint8Array value = Napi::Uint8Array::New(info.Env(), size);
    if (bpf_map_lookup_elem(bpf_map__fd(map), key.Data(), value.Data())) {
      if (errno == ENOENT) return info.Env().Null();
      throw Failure(info.Env(), "look-up in " + Text(info, 0), errno);
    }
    return value;
  }

  void Update(const Napi::CallbackInfo& info) {
    bpf_map* map = FindMap(info);
    Napi::Uint8Array key = Bytes(info, 1);
    Napi::Uint8Array value = Bytes(info, 2);
    if (key.ByteLength() != bpf_map__key_size(map) || value.ByteLength() != bpf_map__value_size(map))
      throw Napi::RangeError::New(info.Env(), "key or value has the wrong size");
    if (bpf_map_update_elem(bpf_map__fd(map), key.Data(), value.Data(), BPF_ANY))
      throw Failure(info.Env(), "update of " + Text(info, 0), errno);
  }

  void Close(const Napi::CallbackInfo&) { Release(); }

  bpf_object* object_ = nullptr;
  std::unordered_map<std::string, bpf_link*> links_;
};

// kernelHas(names): which typedefs, functions or structures the kernel's BTF knows. Reading it takes milliseconds: once.
Napi::Value KernelHas(const Napi::CallbackInfo& info) {
  if (info.Length() < 1 || !info[0].IsArray()) throw Napi::TypeError::New(info.Env(), "argument 0 must be an array of strings");
  Napi::Array names = info[0].As<Napi::Array>();
  tLog.clear();
  btf* kernel = btf__load_vmlinux_btf();
  if (!kernel) throw Failure(info.Env(), "cannot read the kernel's BTF", errno);
  Napi::Array found = Napi::Array::New(info.Env(), names.Length());
  for (uint32_t i = 0; i < names.Length(); i++) {
    std::string name = names.Get(i).ToString().Utf8Value();
    found.Set(i, Napi::Boolean::New(info.Env(), btf__find_by_name(kernel, name.c_str()) > 0));
  }
  btf__free(kernel);
  return found;
}

Napi::Value Possible(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), libbpf_num_possible_cpus());
}

Napi::Value ThreadId(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(syscall(SYS_gettid)));
}

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  static std::once_flag once;
  std::call_once(once, [] {
    libbpf_set_print(CollectLog);
#ifdef __GLIBC__
    // Buffers are made on one thread and freed on another: with an arena per thread (8 for each CPU) each keeps what it once needed.
    mallopt(M_ARENA_MAX, 2);
    // Rows, compressed profiles, messages between threads: given back when they are freed. Unset, glibc raises this to the largest piece it has
    // seen, and what lies above a hole stays.
    mallopt(M_MMAP_THRESHOLD, 128 * 1024);
    mallopt(M_TRIM_THRESHOLD, 128 * 1024);
#endif
  });
  exports.Set("BpfObject", BpfObject::Define(env));
  exports.Set("kernelHas", Napi::Function::New<KernelHas>(env));
  exports.Set("possibleCpus", Napi::Function::New<Possible>(env));
  exports.Set("threadId", Napi::Function::New<ThreadId>(env));
  return exports;
}

}  // namespace

NODE_API_MODULE(kindling, Init)
