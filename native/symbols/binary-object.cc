#include "binary-object.h"

namespace {

constexpr napi_type_tag kTag = {0x6b696e646c696e67, 0x62696e6172790001};
constexpr size_t kBytesLimit = 64 << 20, kSymbolsLimit = 100000, kReadLimit = 1 << 20;

Napi::Object ToJs(Napi::Env env, const SourcePlace& place) {
  Napi::Object result = Napi::Object::New(env);
  result.Set("function", place.function);
  result.Set("file", place.file);
  result.Set("line", place.line);
  return result;
}

}  // namespace

Napi::Function BinaryObject::Define(Napi::Env env) {
  return DefineClass(env, "Binary",
                     {
                         InstanceMethod<&BinaryObject::Describe>("describe"),
                         InstanceMethod<&BinaryObject::UseDebug>("useDebug"),
                         InstanceMethod<&BinaryObject::NameOf>("nameOf"),
                         InstanceMethod<&BinaryObject::Symbols>("symbols"),
                         InstanceMethod<&BinaryObject::Bias>("bias"),
                         InstanceMethod<&BinaryObject::Read>("read"),
                         InstanceMethod<&BinaryObject::Close>("close"),
                     });
}

// Binary(path) or Binary(bytes).
BinaryObject::BinaryObject(const Napi::CallbackInfo& info) : Napi::ObjectWrap<BinaryObject>(info) {
  std::string error;
  std::unique_ptr<ElfFile> file;
  if (info.Length() > 0 && info[0].IsString()) {
    file = ElfFile::Open(Text(info, 0), error);
  } else {
    Napi::Uint8Array bytes = Bytes(info, 0);
    if (bytes.ByteLength() > kBytesLimit) throw Napi::RangeError::New(info.Env(), "at most 64 MiB");
    file = ElfFile::FromBytes(std::vector<char>(bytes.Data(), bytes.Data() + bytes.ByteLength()), error);
  }
  if (!file) throw Napi::Error::New(info.Env(), error);
  binary_ = std::make_shared<Binary>(std::move(file));
  info.This().As<Napi::Object>().TypeTag(&kTag);
}

std::shared_ptr<Binary> BinaryObject::From(const Napi::Value& value) {
  if (!value.IsObject() || !value.As<Napi::Object>().CheckTypeTag(&kTag)) throw Napi::TypeError::New(value.Env(), "must be a Binary");
  BinaryObject* object = Unwrap(value.As<Napi::Object>());
  object->Get(value.Env());
  return object->binary_;
}

Binary& BinaryObject::Get(Napi::Env env) {
  if (!binary_) throw Napi::Error::New(env, "the binary is closed");
  return *binary_;
}

Napi::Value BinaryObject::Describe(const Napi::CallbackInfo& info) {
  ElfFile& file = Get(info.Env()).file();
  Napi::Object result = Napi::Object::New(info.Env());
  result.Set("buildId", file.build_id());
  result.Set("debugLink", file.debug_link());
  result.Set("x86_64", file.is_x86_64());
  result.Set("symbolTable", file.HasSection(".symtab", true));
  result.Set("debugInfo", file.HasSection(".debug_info", true) || file.HasSection(".zdebug_info", true));
  return result;
}

// useDebug(path): whether the file is of this very build, and used from now on.
Napi::Value BinaryObject::UseDebug(const Napi::CallbackInfo& info) {
  Binary& binary = Get(info.Env());
  std::string error;
  std::unique_ptr<ElfFile> debug = ElfFile::Open(Text(info, 0), error);
  bool same = debug && !debug->build_id().empty() && debug->build_id() == binary.file().build_id();
  if (same) binary.UseDebug(std::move(debug));
  return Napi::Boolean::New(info.Env(), same);
}

// nameOf(address in the file, with source): {name, start, places}.
Napi::Value BinaryObject::NameOf(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  bool with_source = info.Length() > 1 && info[1].ToBoolean().Value();
  NamedAddress named = Get(env).NameOf(Big(info, 0), with_source);
  Napi::Object result = Napi::Object::New(env);
  result.Set("name", named.name);
  result.Set("start", Napi::BigInt::New(env, named.start));
  Napi::Array places = Napi::Array::New(env, named.places.size());
  for (size_t i = 0; i < named.places.size(); i++) places.Set(i, ToJs(env, named.places[i]));
  result.Set("places", places);
  return result;
}

// symbols(prefix): functions and data, {name, address, sizeBytes}.
Napi::Value BinaryObject::Symbols(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  Binary& binary = Get(env);
  std::string prefix = Text(info, 0);
  Napi::Array found = Napi::Array::New(env);
  auto add = [&](const char* name, uint64_t address, uint64_t size) {
    Napi::Object one = Napi::Object::New(env);
    one.Set("name", name);
    one.Set("address", Napi::BigInt::New(env, address));
    one.Set("sizeBytes", Napi::Number::New(env, static_cast<double>(size)));
    found.Set(found.Length(), one);
  };
  SymbolTable::WithPrefix(binary.file().elf(), prefix, kSymbolsLimit, add);
  if (binary.debug()) SymbolTable::WithPrefix(binary.debug()->elf(), prefix, kSymbolsLimit, add);
  return found;
}

// bias(start, offset): what is added to the file's addresses where its byte `offset` is mapped at `start`; or null.
Napi::Value BinaryObject::Bias(const Napi::CallbackInfo& info) {
  uint64_t bias;
  if (!Get(info.Env()).file().Bias(Big(info, 0), Big(info, 1), bias)) return info.Env().Null();
  return Napi::BigInt::New(info.Env(), bias);
}

// read(address, length): bytes of the file that are never written to in memory; or null.
Napi::Value BinaryObject::Read(const Napi::CallbackInfo& info) {
  uint32_t length = Number(info, 1);
  if (length > kReadLimit) throw Napi::RangeError::New(info.Env(), "at most 1 MiB at once");
  const char* data = Get(info.Env()).file().ReadOnly(Big(info, 0), length);
  if (!data) return info.Env().Null();
  Napi::Uint8Array bytes = Napi::Uint8Array::New(info.Env(), length);
  std::copy(data, data + length, bytes.Data());
  return bytes;
}

void BinaryObject::Close(const Napi::CallbackInfo&) { binary_.reset(); }
