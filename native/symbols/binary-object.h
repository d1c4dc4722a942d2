// `Binary` as JavaScript sees it.
#pragma once
#include "arguments.h"
#include "binary.h"

class BinaryObject : public Napi::ObjectWrap<BinaryObject> {
 public:
  static Napi::Function Define(Napi::Env env);
  explicit BinaryObject(const Napi::CallbackInfo& info);
  // The binary of a value that JavaScript passed; throws when it is none, or closed.
  static std::shared_ptr<Binary> From(const Napi::Value& value);

 private:
  Binary& Get(Napi::Env env);
  Napi::Value Describe(const Napi::CallbackInfo& info);
  Napi::Value UseDebug(const Napi::CallbackInfo& info);
  Napi::Value NameOf(const Napi::CallbackInfo& info);
  Napi::Value Symbols(const Napi::CallbackInfo& info);
  Napi::Value Bias(const Napi::CallbackInfo& info);
  Napi::Value Read(const Napi::CallbackInfo& info);
  void Close(const Napi::CallbackInfo& info);

  std::shared_ptr<Binary> binary_;
};
