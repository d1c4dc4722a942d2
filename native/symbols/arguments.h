// Checked arguments: whatever JavaScript passes, an Error comes, never a crash.
#pragma once
#include <napi.h>

#include <cstdint>
#include <string>

inline std::string Text(const Napi::CallbackInfo& info, size_t index) {
  if (index >= info.Length() || !info[index].IsString())
    throw Napi::TypeError::New(info.Env(), "argument " + std::to_string(index) + " must be a string");
  return info[index].As<Napi::String>().Utf8Value();
}

inline uint32_t Number(const Napi::CallbackInfo& info, size_t index) {
  if (index >= info.Length() || !info[index].IsNumber())
    throw Napi::TypeError::New(info.Env(), "argument " + std::to_string(index) + " must be a number");
  return info[index].As<Napi::Number>().Uint32Value();
}

inline uint64_t Big(const Napi::CallbackInfo& info, size_t index) {
  if (index >= info.Length() || !info[index].IsBigInt())
    throw Napi::TypeError::New(info.Env(), "argument " + std::to_string(index) + " must be a bigint");
  bool lossless;
  return info[index].As<Napi::BigInt>().Uint64Value(&lossless);
}

inline Napi::Uint8Array Bytes(const Napi::CallbackInfo& info, size_t index) {
  if (index >= info.Length() || !info[index].IsTypedArray() ||
      info[index].As<Napi::TypedArray>().TypedArrayType() != napi_uint8_array)
    throw Napi::TypeError::New(info.Env(), "argument " + std::to_string(index) + " must be a Uint8Array");
  return info[index].As<Napi::Uint8Array>();
}

inline Napi::BigUint64Array Words(const Napi::CallbackInfo& info, size_t index) {
  if (index >= info.Length() || !info[index].IsTypedArray() ||
      info[index].As<Napi::TypedArray>().TypedArrayType() != napi_biguint64_array)
    throw Napi::TypeError::New(info.Env(), "argument " + std::to_string(index) + " must be a BigUint64Array");
  return info[index].As<Napi::BigUint64Array>();
}
