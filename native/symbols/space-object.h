// `AddressSpace` as JavaScript sees it.
#pragma once
#include "arguments.h"
#include "unwind.h"

class SpaceObject : public Napi::ObjectWrap<SpaceObject> {
 public:
  static Napi::Function Define(Napi::Env env);
  explicit SpaceObject(const Napi::CallbackInfo& info) : Napi::ObjectWrap<SpaceObject>(info) {}

 private:
  void Set(const Napi::CallbackInfo& info);
  Napi::Value Walk(const Napi::CallbackInfo& info);

  AddressSpace space_;
};
